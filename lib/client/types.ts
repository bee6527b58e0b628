import type * as z from 'zod';
import type { Binary, BodyValue } from '../contract/body.js';
import type { Choice } from '../contract/handler-types.js';
import type { IDEMPOTENCY_PROBLEMS } from '../contract/idempotency-problems.js';
import type { Operation, Operations } from '../contract/operation.js';
import type { PathParameters } from '../contract/path.js';
import type { Problem } from '../contract/problem.js';
import type { OperationResponse } from '../contract/response-declaration.js';
import type { SharedStatus } from '../contract/shared-statuses.js';

/** What a caller may say of one call, besides what the operation takes. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the call with all its retries. @default - the client's */
  readonly timeout?: number;
}

/** What is sent as text may be given as what the text means. */
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

/** A part of a call that may be left out when all in it may. */
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
  /** The same for every repetition of what is one request to the user. @default - a fresh UUID */
  readonly idempotencyKey?: string;
}

/** What a call of the operation is given. */
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
        /** The content type to answer in. @default - the first that the contract has */
        readonly accept?: Choice<O>;
      }) &
  CallOptions;

/** One of the things that an operation answers. */
interface Answer<Status extends number, Body, Headers> {
  /** Whether the status is 200 to 299. */
  readonly ok: `${Status}` extends `2${string}` ? true : false;
  readonly status: Status;
  readonly body: Body;
  readonly headers: Headers;
}

type ResponseOf<Status extends number, Response extends OperationResponse> = Response extends
  | z.ZodType
  | Binary
  ? Answer<Status, BodyValue<Response>, Headers>
  : Response extends { readonly content: infer Content }
    ? {
        [Type in keyof Content & string]: Answer<Status, BodyValue<Content[Type]>, HeadersOf<Response>> & {
          readonly type: Type;
        };
      }[keyof Content & string]
    : Answer<
        Status,
        Response extends { readonly body: infer Body } ? BodyValue<Body> : undefined,
        HeadersOf<Response>
      >;

/** Browsers keep cookies for themselves. */
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
  ? Answer<Status, z.output<Schema>, Headers>
  : never;

type Declared<O extends Operation> = {
  [Status in keyof O['responses'] & number]: ResponseOf<Status, O['responses'][Status]>;
}[keyof O['responses'] & number];

/** What any operation may be refused with; a union of one status each, so that a `switch` tells them apart. */
type Refusals = { [Status in SharedStatus]: Answer<Status, Problem, Headers> }[SharedStatus];

/** The caller's own is the current one: only where an etag is sent, and asked for. */
type Known<O extends Operation> = O['responses'][200] extends { readonly headers: z.ZodObject<infer Shape> }
  ? 'etag' extends keyof Shape
    ? Answer<304, undefined, Headers>
    : never
  : never;

/** All that a call of the operation may result in, told apart by `status` or `ok`. */
export type CallResult<O extends Operation> = Declared<O> | Errors<O> | Refusals | Known<O>;

/** Calls an operation. @throws CallError when there is no answer, or one that the contract does not have */
export type Call<O extends Operation> =
  Record<never, never> extends CallInput<O>
    ? (input?: CallInput<O>) => Promise<CallResult<O>>
    : (input: CallInput<O>) => Promise<CallResult<O>>;

/** A function for each operation of a contract. */
export type Client<C extends Operations> = { readonly [Name in keyof C & string]: Call<C[Name]> };
