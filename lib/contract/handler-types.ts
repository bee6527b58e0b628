import type * as z from 'zod';
import type { Callers } from './auth.js';
import type { Binary, BodyValue } from './body.js';
import type { Operation } from './operation.js';
import type { PathParameters } from './path.js';
import type { OperationResponse } from './response-declaration.js';

type Output<Schema, Default> = Schema extends z.ZodType ? z.output<Schema> : Default;

/** What a handler of the operation is called with. */
export interface RouteInput<O extends Operation> {
  readonly params: Omit<PathParameters<O['path']>, keyof Output<O['params'], object>> &
    Output<O['params'], unknown>;
  readonly query: Output<O['query'], Readonly<Record<never, never>>>;
  /** The headers that the operation declares; all of them, as texts by lower-case names, where it declares none. */
  readonly headers: Output<O['headers'], Readonly<Record<string, string>>>;
  readonly body: BodyValue<O['body']>;
  /** The content type of a binary body. */
  readonly contentType: O['body'] extends Binary<infer Type> ? Type : undefined;
  /** The content type that the caller likes best, where a response has a choice of them. */
  readonly accepts: Accepted<O>;
  /** The `Idempotency-Key` header, where the operation asks for it. */
  readonly idempotencyKey: KeyOf<O>;
  /** Who signed in, where the operation is for users. */
  readonly user: Callers<O['auth']>['user'];
  /** Who signed the request, where the operation is for AWS credentials. */
  readonly caller: Callers<O['auth']>['caller'];
  /** What the Lambda authorizer told, where the operation has one. */
  readonly context: Callers<O['auth']>['context'];
  /** The gateway's id of this request; problems and logs have it. */
  readonly requestId: string;
  /** The id of what this request is a part of: the caller's `x-correlation-id`, or the request's own id. */
  readonly correlationId: string;
}

type KeyOf<O extends Operation> = O['idempotencyKey'] extends true
  ? string
  : O['idempotent'] extends { readonly key: 'optional' }
    ? string | undefined
    : O['idempotent'] extends true | object
      ? string
      : undefined;

/** The content types among which callers of an operation choose; never where there is no choice. */
export type Choice<O extends Operation> = {
  [Status in keyof O['responses']]: O['responses'][Status] extends { readonly content: infer Content }
    ? keyof Content & string
    : never;
}[keyof O['responses']];

type Accepted<O extends Operation> = [Choice<O>] extends [never] ? undefined : Choice<O>;

/** The same type, read-only all through: what a handler answers may be a literal. */
type Immutable<T> =
  // `z.json()` has no end.
  [z.core.util.JSONType] extends [T] ? T : ImmutableParts<T>;

type ImmutableParts<T> = T extends Uint8Array | Date
  ? T
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T;

/** What a handler of the operation may answer: a declared status with the body and the headers that it declares. */
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

/** A reply without a body, as for 204, need not say so. */
type ResponseBody<Body> = undefined extends Body ? { readonly body?: Body } : { readonly body: Body };
