import * as z from 'zod';
import { ProblemError } from './problem.js';

const RESERVED: readonly string[] = ['type', 'title', 'status', 'detail', 'instance'];

/** Options of `defineProblem`. */
export interface ProblemDefinition<Status extends number, Extensions extends z.ZodRawShape> {
  /** Permanent URI of the problem type, for example `urn:problem:out-of-stock`; it need not be a page. */
  readonly type: string;
  /** Short sentence, the same for every occurrence. */
  readonly title: string;
  /** HTTP status, 400 to 599. */
  readonly status: Status;
  /** Additional members for programs, for example the available quantity or the current version. @default - none */
  readonly extensions?: z.ZodObject<Extensions>;
  /** Condition under which it is returned, for the API's documentation. @default - the title */
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
  /** Explanation of this occurrence, and a remedy. It is sent to the caller: no internals. */
  readonly detail?: string;
};

/** Problem type, as contracts and clients use it. */
export interface ProblemKind<Status extends number = number, Schema extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly title: string;
  readonly status: Status;
  readonly description?: string | undefined;
  /** Schema of the problem as it is sent. */
  readonly schema: Schema;
}

/** Problem type, as handlers throw it. */
export interface ProblemClass<Status extends number, Extensions extends z.ZodRawShape>
  extends ProblemKind<Status, z.ZodObject<Members<Status, Extensions>>> {
  new (
    ...args: Record<never, never> extends Arguments<Extensions>
      ? [members?: Arguments<Extensions>]
      : [members: Arguments<Extensions>]
  ): ProblemError;
}

/**
 * Defines a problem type (RFC 9457) of an API: a class for handlers to throw, and a schema for contracts, clients and
 * the documentation. An operation declares its problems with `errors: [OutOfStock]`; problems that share a status are
 * distinguished by their `type`.
 *
 * @throws Error when the status is not from 400 to 599, the type is not a URI, or an extension has the name of a
 *   standard member
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
 *   throw new OutOfStock({ available: 3, detail: 'Order three, or wait for the delivery on Monday.' });
 * });
 */
export function defineProblem<
  const Status extends number,
  Extensions extends z.ZodRawShape = Record<never, never>,
>(definition: ProblemDefinition<Status, Extensions>): ProblemClass<Status, Extensions> {
  const { type, title, status, description, extensions } = definition;
  const shape = extensions?.shape ?? {};
  assertValid(definition, Object.keys(shape));
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

function assertValid(
  { type, status }: { readonly type: string; readonly status: number },
  extensions: readonly string[],
): void {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new Error(`\`status\` must be from 400 to 599, got ${status} (problem ${type})`);
  }
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(type)) {
    throw new Error(`\`type\` must be a URI like urn:problem:out-of-stock, got "${type}"`);
  }
  for (const name of extensions.filter((key) => RESERVED.includes(key))) {
    throw new Error(
      `\`extensions\` must not have \`${name}\`, a standard member of every problem (problem ${type}). Rename it.`,
    );
  }
}
