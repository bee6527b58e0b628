import type * as z from 'zod';
import type { Callers } from './auth.js';
import type { Binary, BodyValue } from './body.js';
import type { Operation } from './operation.js';
import type { PathParameters } from './path.js';
import type { OperationResponse } from './response-declaration.js';

type Output<Schema, Default> = Schema extends z.ZodType ? z.output<Schema> : Default;

/** Input of an operation's handler. */
export interface RouteInput<O extends Operation> {
  readonly params: Omit<PathParameters<O['path']>, keyof Output<O['params'], object>> &
    Output<O['params'], unknown>;
  readonly query: Output<O['query'], Readonly<Record<never, never>>>;
  /** Declared headers; without a declaration all headers, as texts with lower-case names. */
  readonly headers: Output<O['headers'], Readonly<Record<string, string>>>;
  readonly body: BodyValue<O['body']>;
  /** Content type of a binary body. */
  readonly contentType: O['body'] extends Binary<infer Type> ? Type : undefined;
  /** Content type that the caller prefers, if a response has a choice. */
  readonly accepts: Accepted<O>;
  /** `Idempotency-Key` header, if the operation has one. */
  readonly idempotencyKey: KeyOf<O>;
  /** Signed-in user, if `auth` is for users. */
  readonly user: Callers<O['auth']>['user'];
  /** Principal that signed the request, if `auth` is 'iam'. */
  readonly caller: Callers<O['auth']>['caller'];
  /** Context of the Lambda authorizer, if `auth` has one. */
  readonly context: Callers<O['auth']>['context'];
  /** Request id of the gateway, which problems and logs have. */
  readonly requestId: string;
  /** Correlation id: the caller's `x-correlation-id`, or the request id. */
  readonly correlationId: string;
}

type KeyOf<O extends Operation> = O['idempotencyKey'] extends true
  ? string
  : O['idempotent'] extends { readonly key: 'optional' }
    ? string | undefined
    : O['idempotent'] extends true | object
      ? string
      : undefined;

/** Content types that callers choose from; `never` without a choice. */
export type Choice<O extends Operation> = {
  [Status in keyof O['responses']]: O['responses'][Status] extends { readonly content: infer Content }
    ? keyof Content & string
    : never;
}[keyof O['responses']];

type Accepted<O extends Operation> = [Choice<O>] extends [never] ? undefined : Choice<O>;

/** Deeply read-only type, so that a handler may return a literal. */
type Immutable<T> =
  // `z.json()` is recursive.
  [z.core.util.JSONType] extends [T] ? T : ImmutableParts<T>;

type ImmutableParts<T> = T extends Uint8Array | Date
  ? T
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T;

/** Response of an operation's handler: a declared status with its body and headers. */
export type RouteResponse<O extends Operation> = {
  [Status in keyof O['responses'] & number]: { readonly status: Status } & ResponseHeaders<
    O['responses'][Status]
  > &
    ResponseContent<O['responses'][Status]>;
}[keyof O['responses'] & number];

type ResponseHeaders<Response extends OperationResponse> = Response extends {
  readonly headers: infer Headers extends z.ZodObject;
}
  ? { readonly headers: Immutable<z.output<Headers>> & Readonly<Record<string, unknown>> }
  : { readonly headers?: Readonly<Record<string, string>> };

type ResponseContent<Response extends OperationResponse> = Response extends z.ZodType | Binary
  ? ResponseBody<Immutable<BodyValue<Response>>>
  : Response extends { readonly content: infer Content }
    ? {
        [Type in keyof Content & string]: { readonly type: Type } & ResponseBody<
          Immutable<BodyValue<Content[Type]>>
        >;
      }[keyof Content & string]
    : Response extends { readonly body: infer Body }
      ? ResponseBody<Immutable<BodyValue<Body>>>
      : { readonly body?: undefined };

/** Body of a response; optional if it may be undefined, as for 204. */
type ResponseBody<Body> = undefined extends Body ? { readonly body?: Body } : { readonly body: Body };
