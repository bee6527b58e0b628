import type * as z from 'zod';
import { childrenOf } from '../schema-children.js';

/** Direction of a schema's values: sent by the caller, or by the API. */
export type Direction = 'request' | 'response';

/** Returns the parts of a schema that JSON cannot represent or that cannot be encoded, each with its path, for example `.lines[].at`. */
export function validateJson(schema: z.core.$ZodType, direction: Direction): string[] {
  const errors: string[] = [];
  visit(
    schema,
    { path: '', direction, isWire: true, mayBeAbsent: direction === 'response' },
    new Map(),
    errors,
  );
  return errors;
}

interface Context {
  readonly path: string;
  readonly direction: Direction;
  /** True for values as they are sent, false for the decoded values of a codec. */
  readonly isWire: boolean;
  /** True if `undefined` is omitted in JSON. */
  readonly mayBeAbsent: boolean;
}

type Def = z.core.$ZodTypeDef & Record<string, unknown> & { readonly coerce?: boolean };

const REMEDIES: Readonly<Record<string, string>> = {
  date: 'use z.iso.datetime(), or a z.codec() from it to a Date',
  bigint: 'use a text of digits, or a z.codec() from it to a bigint',
  map: 'use z.record()',
  set: 'use z.array()',
  nan: 'use z.null()',
  undefined: 'use .optional() in an object, or z.null()',
  void: 'use .optional() in an object, or z.null()',
  file: 'use binary()',
};

/** Visited schemas, with a bit for each combination of `isWire` and `mayBeAbsent`. */
type Seen = Map<z.core.$ZodType, number>;

function visit(schema: z.core.$ZodType, context: Context, seen: Seen, errors: string[]): void {
  const role = 1 << (Number(context.isWire) + 2 * Number(context.mayBeAbsent));
  const roles = seen.get(schema) ?? 0;
  if (roles & role) return;
  seen.set(schema, roles | role);
  const def = schema._zod.def as Def;
  const error = nodeError(def, context);
  if (error) errors.push(`${context.path}: ${error}`.replace(/^: /, ''));
  for (const { schema: child, part, path } of childrenOf(schema)) {
    const next = {
      path: context.path + path,
      direction: context.direction,
      isWire: context.isWire && part !== 'out',
      mayBeAbsent: part === 'property' || (part !== 'item' && part !== 'value' && context.mayBeAbsent),
    };
    visit(child, next, seen, errors);
  }
}

function nodeError(def: Def, { direction, isWire, mayBeAbsent }: Context): string | undefined {
  const isResponse = direction === 'response';
  switch (def.type) {
    case 'date':
    case 'bigint':
      // A coercion creates it from JSON.
      return isWire && (isResponse || !def.coerce) ? unsupported(def.type) : undefined;
    case 'map':
    case 'set':
    case 'symbol':
    case 'function':
    case 'promise':
    case 'nan':
    case 'file':
      return isWire ? unsupported(def.type) : undefined;
    case 'undefined':
    case 'void':
      return isWire && !mayBeAbsent ? unsupported(def.type) : undefined;
    case 'optional':
      return isWire && isResponse && !mayBeAbsent ? unsupported('undefined') : undefined;
    case 'literal':
      return isWire ? literalError(def.values as unknown[], mayBeAbsent) : undefined;
    case 'transform':
      return isResponse
        ? 'a response cannot have a transform, which has no inverse: use z.codec()'
        : undefined;
    case 'catch':
      return isResponse
        ? 'a response cannot have .catch(), which would hide errors of the handler'
        : undefined;
    default:
      return undefined;
  }
}

function unsupported(type: string): string {
  return `JSON does not support ${type}${REMEDIES[type] ? `: ${REMEDIES[type]}` : ''}`;
}

function literalError(values: readonly unknown[], mayBeAbsent: boolean): string | undefined {
  const types = values.map((value) => typeof value);
  if (types.includes('bigint')) return unsupported('bigint');
  return types.includes('undefined') && !mayBeAbsent ? unsupported('undefined') : undefined;
}
