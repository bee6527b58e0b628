import type * as z from 'zod';
import { contradictions } from './contradictions.js';
import type { PathParameters } from './path.js';

/** Who may call an operation: everyone, every signed-in user, or the members of one group. */
export type Auth = 'public' | 'user' | { readonly group: string };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One operation of an API: what it takes, what it answers and who may call it. */
export interface Operation {
  readonly method: Method;
  /** The path with its parameters in braces, as in `/products/{productId}`. */
  readonly path: `/${string}`;
  /** Who may call it. There is no default: an operation is public because somebody wrote so. */
  readonly auth: Auth;
  /** One line for people; the title of the operation in the API's documentation. */
  readonly summary?: string;
  readonly description?: string;
  /** Schemas of path parameters that are narrower than "a string". */
  readonly params?: z.ZodObject;
  /** The query string. Every value arrives as text: use `z.coerce` for numbers. */
  readonly query?: z.ZodObject;
  /** The JSON body. Objects refuse properties that they do not declare, unless made with `z.looseObject`. */
  readonly body?: z.ZodType;
  /** What it answers, by status. Refusals that every operation shares (400, 401, 403, 404 ...) go without saying. */
  readonly responses: { readonly [status: number]: z.ZodType };
}

export type Operations = { readonly [name: string]: Operation };

export interface ApiInfo {
  /** Lower-case name of the service, as in `products`; it names outputs, metrics and the address. */
  readonly name: string;
  /** Version of the contract (semantic versioning). */
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
}

export const apiInfo: unique symbol = Symbol.for('cdk-trellis.apiInfo') as never;

/** The operations of an API, by name, and what the API is called. */
export type Contract<C extends Operations = Operations> = C & { readonly [apiInfo]: ApiInfo };

/**
 * Declares an API: the one place that says what a service takes, answers and who may call it.
 * The API Gateway definition, the handlers' types and checks, the documentation and the client derive from it.
 *
 * @throws Error naming every operation that contradicts itself or another one.
 * @example
 * import * as z from 'zod';
 * import { defineApi, Problem } from 'cdk-trellis/contract';
 *
 * const Order = z.object({ orderId: z.string(), quantity: z.int().positive() });
 *
 * export const ordersApi = defineApi({ name: 'orders', version: '1.0.0' }, {
 *   getOrder: {
 *     method: 'GET',
 *     path: '/orders/{orderId}',
 *     auth: 'user',
 *     responses: { 200: Order, 404: Problem },
 *   },
 * });
 */
export function defineApi<const C extends Operations>(info: ApiInfo, operations: C): Contract<C> {
  const problems = contradictions(info, operations);
  if (problems.length > 0) {
    throw new Error(`The contract of API "${info.name}" cannot be served:\n- ${problems.join('\n- ')}`);
  }
  return Object.freeze({ ...operations, [apiInfo]: Object.freeze({ ...info }) }) as Contract<C>;
}

type Output<Schema, Default> = Schema extends z.ZodType ? z.output<Schema> : Default;

/** The signed-in user, from the access token that the gateway has verified. */
export interface User {
  /** The user's id in the user pool: stable, unlike name and e-mail. */
  readonly sub: string;
  readonly username: string;
  readonly groups: readonly string[];
}

/** What a handler of the operation is called with. */
export interface RouteInput<O extends Operation> {
  readonly params: Omit<PathParameters<O['path']>, keyof Output<O['params'], object>> &
    Output<O['params'], unknown>;
  readonly query: Output<O['query'], Readonly<Record<never, never>>>;
  readonly body: Output<O['body'], undefined>;
  readonly user: O['auth'] extends 'public' ? undefined : User;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
}

/** The same type, read-only all through: what a handler answers may be a literal. */
type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

/** What a handler of the operation may answer: a declared status with the body that it declares. */
export type Reply<O extends Operation> = {
  [Status in keyof O['responses'] & number]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
  } & ReplyBody<Immutable<z.input<O['responses'][Status]>>>;
}[keyof O['responses'] & number];

/** A reply without a body, as for 204, need not say so. */
type ReplyBody<Body> = undefined extends Body ? { readonly body?: Body } : { readonly body: Body };
