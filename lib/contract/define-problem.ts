import * as z from 'zod';
import { ProblemError } from './problem.js';

const RESERVED: readonly string[] = ['type', 'title', 'status', 'detail', 'instance'];

export interface ProblemDefinition<Status extends number, Extensions extends z.ZodRawShape> {
  /** A URI that identifies this kind of problem for ever, as in `urn:problem:out-of-stock`; it need not be a page. */
  readonly type: string;
  /** A short, stable sentence: the same every time. */
  readonly title: string;
  /** HTTP status, 400 to 599. */
  readonly status: Status;
  /** Further members, for programs: what is left of it, which version is the current one. @default - none */
  readonly extensions?: z.ZodObject<Extensions>;
  /** When it is answered, for the API's documentation. @default - the title */
  readonly description?: string;
}

type Members<Status extends number, Extensions extends z.ZodRawShape> = {
  readonly type: z.ZodLiteral<string>;
  readonly title: z.ZodString;
  readonly status: z.ZodLiteral<Status>;
  readonly detail: z.ZodOptional<z.ZodString>;
  readonly instance: z.ZodOptional<z.ZodString>;
} & Extensions;

type Arguments<Extensions extends z.ZodRawShape> = ([keyof Extensions] extends [never]
  ? unknown
  : z.output<z.ZodObject<Extensions>>) & {
  /** What happened this time, and what the caller can do. Never internals: it is sent to the caller. */
  readonly detail?: string;
};

/** A kind of problem, as contracts and clients know it. */
export interface ProblemKind<Status extends number = number, Schema extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly title: string;
  readonly status: Status;
  readonly description?: string | undefined;
  /** The problem as it is sent. */
  readonly schema: Schema;
}

/** A kind of problem, as handlers throw it. */
export interface ProblemClass<Status extends number, Extensions extends z.ZodRawShape>
  extends ProblemKind<Status, z.ZodObject<Members<Status, Extensions>>> {
  new (
    ...args: Record<never, never> extends Arguments<Extensions>
      ? [members?: Arguments<Extensions>]
      : [members: Arguments<Extensions>]
  ): ProblemError;
}

/**
 * A kind of problem (RFC 9457) of an API: a class for handlers to throw, a schema for contracts, clients and the
 * documentation. An operation says which it answers by `errors: [OutOfStock]`; several of one status are told apart
 * by their `type`.
 *
 * @throws Error when the status is not from 400 to 599, the type is no URI, or an extension has the name of a member
 *   that every problem has
 * @example
 * import { defineApi, defineProblem } from 'cdk-trellis/contract';
 * import { route } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * export class OutOfStock extends defineProblem({
 *   type: 'urn:problem:out-of-stock',
 *   title: 'Not enough in stock',
 *   status: 409,
 *   extensions: z.object({ available: z.int() }),
 * }) {}
 *
 * const api = defineApi({ name: 'reservations', version: '1.0.0' }, {
 *   reserve: { method: 'POST', path: '/reservations', auth: 'user', errors: [OutOfStock], responses: { 204: {} } },
 * });
 *
 * export const handler = route(api.reserve, {}, async () => {
 *   throw new OutOfStock({ available: 3, detail: 'Take three of them, or come back on Monday.' });
 * });
 */
export function defineProblem<
  const Status extends number,
  Extensions extends z.ZodRawShape = Record<never, never>,
>(definition: ProblemDefinition<Status, Extensions>): ProblemClass<Status, Extensions> {
  const { type, title, status, description, extensions } = definition;
  const shape = extensions?.shape ?? {};
  assertNoErrors(definition, Object.keys(shape));
  const schema = z.object({
    type: z.literal(type),
    title: z.string(),
    status: z.literal(status),
    detail: z.string().optional(),
    instance: z.string().optional(),
    ...shape,
  });
  return class extends ProblemError {
    static readonly type = type;
    static readonly title = title;
    static readonly status = status;
    static readonly description = description;
    static readonly schema = schema;

    constructor(members: { readonly detail?: string } = {}) {
      const { detail, ...rest } = members;
      super({ type, title, status, extensions: rest, ...(detail !== undefined && { detail }) });
      this.name = new.target.name || 'ProblemError';
    }
  } as unknown as ProblemClass<Status, Extensions>;
}

function assertNoErrors(
  { type, status }: { readonly type: string; readonly status: number },
  extensions: readonly string[],
): void {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new Error(`The \`status\` of the problem ${type} must be from 400 to 599, got ${status}`);
  }
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(type)) {
    throw new Error(`The \`type\` of a problem must be a URI like urn:problem:out-of-stock, got "${type}"`);
  }
  for (const name of extensions.filter((one) => RESERVED.includes(one))) {
    throw new Error(
      `The problem ${type} has an extension \`${name}\`, which every problem has already: rename it`,
    );
  }
}
