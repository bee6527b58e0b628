import type * as z from 'zod';
import { childrenOf } from '../schema-children.js';

/** Where a schema stands: what a caller sends, or what the API answers. */
export type Direction = 'request' | 'response';

/** What is in a schema that JSON has no form of, or that cannot be sent back; each with its place, as in `.lines[].at`. */
export function validateJson(schema: z.core.$ZodType, direction: Direction): string[] {
  const found: string[] = [];
  visit(
    schema,
    { path: '', direction, isWire: true, mayBeAbsent: direction === 'response' },
    new Map(),
    found,
  );
  return found;
}

interface Place {
  readonly path: string;
  readonly direction: Direction;
  /** Whether the value is what is sent, and not what a codec makes of it. */
  readonly isWire: boolean;
  /** Whether `undefined` is something that is left out. */
  readonly mayBeAbsent: boolean;
}

type Def = z.core.$ZodTypeDef & Record<string, unknown> & { readonly coerce?: boolean };

const INSTEAD: Readonly<Record<string, string>> = {
  date: 'use z.iso.datetime(), or a z.codec() from it to a Date',
  bigint: 'use a text of digits, or a z.codec() from it to a bigint',
  map: 'use z.record()',
  set: 'use z.array()',
  nan: 'use z.null()',
  undefined: 'use .optional() in an object, or z.null()',
  void: 'use .optional() in an object, or z.null()',
  file: 'use binary()',
};

/** Which schemas have been looked at, in which of four roles. */
type Seen = Map<z.core.$ZodType, number>;

function visit(schema: z.core.$ZodType, place: Place, seen: Seen, found: string[]): void {
  const role = 1 << (Number(place.isWire) + 2 * Number(place.mayBeAbsent));
  const roles = seen.get(schema) ?? 0;
  if (roles & role) return;
  seen.set(schema, roles | role);
  const def = schema._zod.def as Def;
  const error = nodeError(def, place);
  if (error) found.push(`${place.path}: ${error}`.replace(/^: /, ''));
  for (const { schema: child, part, path } of childrenOf(schema)) {
    const next = {
      path: place.path + path,
      direction: place.direction,
      isWire: place.isWire && part !== 'out',
      mayBeAbsent: part === 'property' || (part !== 'item' && part !== 'value' && place.mayBeAbsent),
    };
    visit(child, next, seen, found);
  }
}

function nodeError(def: Def, { direction, isWire, mayBeAbsent }: Place): string | undefined {
  const isResponse = direction === 'response';
  switch (def.type) {
    case 'date':
    case 'bigint':
      // A coercion makes it of what is sent.
      return isWire && (isResponse || !def.coerce) ? noJson(def.type) : undefined;
    case 'map':
    case 'set':
    case 'symbol':
    case 'function':
    case 'promise':
    case 'nan':
    case 'file':
      return isWire ? noJson(def.type) : undefined;
    case 'undefined':
    case 'void':
      return isWire && !mayBeAbsent ? noJson(def.type) : undefined;
    case 'optional':
      return isWire && isResponse && !mayBeAbsent ? noJson('undefined') : undefined;
    case 'literal':
      return isWire ? literalError(def.values as unknown[], mayBeAbsent) : undefined;
    case 'transform':
      return isResponse
        ? 'a transformation cannot be undone for sending: use z.codec(), which goes both ways'
        : undefined;
    case 'catch':
      return isResponse ? 'a value for errors would be sent instead of what the handler answers' : undefined;
    default:
      return undefined;
  }
}

function noJson(type: string): string {
  return `JSON has no ${type}${INSTEAD[type] ? `: ${INSTEAD[type]}` : ''}`;
}

function literalError(values: readonly unknown[], mayBeAbsent: boolean): string | undefined {
  const types = values.map((value) => typeof value);
  if (types.includes('bigint')) return noJson('bigint');
  return types.includes('undefined') && !mayBeAbsent ? noJson('undefined') : undefined;
}
