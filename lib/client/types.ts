import type * as z from 'zod';
import type { Binary, BodyValue } from '../contract/body.js';
import type { Choice } from '../contract/handler-types.js';
import type { IDEMPOTENCY_PROBLEMS } from '../contract/idempotency-problems.js';
import type { Operation, Operations } from '../contract/operation.js';
import type { PathParameters } from '../contract/path.js';
import type { Problem } from '../contract/problem.js';
import type { OperationResponse } from '../contract/response-declaration.js';
import type { SharedStatus } from '../contract/shared-statuses.js';

/** Options of a single call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Timeout of the call with all its retries, in milliseconds. @default - `timeout` of the client */
  readonly timeout?: number;
}

/** Input of a value that is sent as text: also accepts the parsed value. */
type Text<Input, Output> = unknown extends Input
  ? Output
  : Input | Extract<Output, number | boolean | bigint>;

type Texts<Schema> = Schema extends z.ZodObject
  ? {
      readonly [Key in keyof z.input<Schema>]: Text<
        z.input<Schema>[Key],
        Key extends keyof z.output<Schema> ? z.output<Schema>[Key] : never
      >;
    }
  : Readonly<Record<never, never>>;

/** Part of a call, optional if all of its members are optional. */
type Part<Name extends string, Value> =
  Record<never, never> extends Value ? { readonly [Key in Name]?: Value } : { readonly [Key in Name]: Value };

type BodyPart<B> =
  B extends Binary<infer Type>
    ? { readonly body: Uint8Array | ArrayBuffer | Blob } & (IsUnion<Type> extends true
        ? { readonly contentType: Type }
        : { readonly contentType?: Type })
    : B extends z.ZodType
      ? { readonly body: z.input<B> }
      : unknown;

type IsUnion<T, Each = T> = T extends Each ? ([Each] extends [T] ? false : true) : never;

interface Key {
  /** Idempotency key; repeat it with a repeated request. @default - a new UUID */
  readonly idempotencyKey?: string;
}

/** Input of a call. */
export type CallInput<O extends Operation> = Part<
  'params',
  Omit<PathParameters<O['path']>, keyof Texts<O['params']>> & Texts<O['params']>
> &
  Part<'query', Texts<O['query']>> &
  Part<'headers', Texts<O['headers']>> &
  BodyPart<O['body']> &
  (O['idempotencyKey'] extends true ? Key : O['idempotent'] extends true | object ? Key : unknown) &
  ([Choice<O>] extends [never]
    ? unknown
    : {
        /** Content type of the response. @default - the first of the contract */
        readonly accept?: Choice<O>;
      }) &
  CallOptions;

/** Typed response with one status. */
interface TypedResponse<Status extends number, Body, Headers> {
  /** True for a status from 200 to 299. */
  readonly ok: `${Status}` extends `2${string}` ? true : false;
  readonly status: Status;
  readonly body: Body;
  readonly headers: Headers;
}

type ResponseOf<Status extends number, Response extends OperationResponse> = Response extends
  | z.ZodType
  | Binary
  ? TypedResponse<Status, BodyValue<Response>, Headers>
  : Response extends { readonly content: infer Content }
    ? {
        [Type in keyof Content & string]: TypedResponse<
          Status,
          BodyValue<Content[Type]>,
          HeadersOf<Response>
        > & {
          readonly type: Type;
        };
      }[keyof Content & string]
    : TypedResponse<
        Status,
        Response extends { readonly body: infer Body } ? BodyValue<Body> : undefined,
        HeadersOf<Response>
      >;

/** Headers without `set-cookie`, which browsers hide from scripts. */
type HeadersOf<Response> = Response extends { readonly headers: infer Schema extends z.ZodObject }
  ? Omit<z.output<Schema>, 'set-cookie'>
  : Headers;

type Errors<O extends Operation> =
  | (O['errors'] extends readonly (infer Kind)[] ? ErrorOf<Kind> : never)
  | (O['idempotent'] extends true | object ? ErrorOf<(typeof IDEMPOTENCY_PROBLEMS)[number]> : never);

type ErrorOf<Kind> = Kind extends {
  readonly status: infer Status extends number;
  readonly schema: infer Schema extends z.ZodType;
}
  ? TypedResponse<Status, z.output<Schema>, Headers>
  : never;

type Declared<O extends Operation> = {
  [Status in keyof O['responses'] & number]: ResponseOf<Status, O['responses'][Status]>;
}[keyof O['responses'] & number];

/** Shared errors; a union with one member for each status, so that `switch` narrows them. */
type SharedErrors = { [Status in SharedStatus]: TypedResponse<Status, Problem, Headers> }[SharedStatus];

/** Not modified: only for a response with an etag and a request with `If-None-Match`. */
type NotModified<O extends Operation> = O['responses'][200] extends {
  readonly headers: z.ZodObject<infer Shape>;
}
  ? 'etag' extends keyof Shape
    ? TypedResponse<304, undefined, Headers>
    : never
  : never;

/** Result of a call, discriminated by `status` or `ok`. */
export type CallResult<O extends Operation> = Declared<O> | Errors<O> | SharedErrors | NotModified<O>;

/** Calls an operation. @throws CallError without a response, or for a response that is not in the contract */
export type Call<O extends Operation> =
  Record<never, never> extends CallInput<O>
    ? (input?: CallInput<O>) => Promise<CallResult<O>>
    : (input: CallInput<O>) => Promise<CallResult<O>>;

/** Functions for the operations of a contract. */
export type Client<C extends Operations> = { readonly [Name in keyof C & string]: Call<C[Name]> };
