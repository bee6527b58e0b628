import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Refused } from '../runtime/handlers/saga-execution.js';
import type { IsChoice, NameOf } from './choice-types.js';

/**
 * An existing function as a step, an undo or a callback, without a function of the saga in between: the state machine
 * makes the function's event from the context, and reads refusals from its response.
 *
 * The compiler compares event, paths and response with the function's types, if it is a `NodeFunction`.
 */
export interface SagaCall {
  /** The function, for example one of another service. Imported functions need the step's `timeout`. */
  readonly function: IFunction;
  /**
   * The function's event: for each field the path of its value in the context, as in `{ amount: 'input.total', key:
   * 'execution.runId' }`. Pass `execution.runId`, so that a repeated call and an undo refer to the same effect.
   */
  readonly input: CallInput;
  /**
   * Field of the response that shows a refusal. For each value the code of the refusal, or `false` if the step has
   * succeeded: `{ status: { approved: false, declined: 'card-declined' } }`. Any other value fails the step. An undo
   * cannot refuse.
   *
   * @default - every response is a success
   */
  readonly refused?: CallRefusals;
}

/** A path of the context, or an object of paths. */
export type CallInput = string | { readonly [field: string]: CallInput };

/** Codes of refusals by a field of the response and its values; `false` for a success. */
export type CallRefusals = Readonly<Record<string, Readonly<Record<string, string | false>>>>;

/** Type of the module of a function; `unknown` for a function in another language, or that is imported without a type. */
type ModuleOf<Call> = Call extends { readonly function: { readonly module?: infer Module } }
  ? Module
  : unknown;

// biome-ignore lint/suspicious/noExplicitAny: every handler matches.
type Rest = any[];
type EventOf<Call> =
  ModuleOf<Call> extends { readonly handler: (event: infer Event, ...rest: Rest) => unknown }
    ? Event
    : unknown;
type ResponseOf<Call> =
  ModuleOf<Call> extends { readonly handler: (...rest: Rest) => infer Response }
    ? Awaited<Response>
    : unknown;

/** Module with the types of a call: it returns what the function returns, or refuses. */
export interface CallModule<Call> {
  // biome-ignore lint/suspicious/noExplicitAny: `CallCheck` compares the event.
  readonly handler: (event: any) => Promise<Accepted<Call> | Refused<CodeIn<Call>>>;
}

type RefusalsOf<Call> = Call extends { readonly refused: infer Refusals } ? Refusals : never;

type CodeIn<Call> =
  RefusalsOf<Call> extends Readonly<Record<string, infer Codes>>
    ? Extract<Codes[keyof Codes], string>
    : never;

/** The responses that are not refusals. */
type Accepted<Call> =
  RefusalsOf<Call> extends infer Refusals
    ? [Refusals] extends [never]
      ? ResponseOf<Call>
      : Exclude<ResponseOf<Call>, { readonly [Field in keyof Refusals]: ValuesWithCode<Refusals[Field]> }>
    : never;

type ValuesWithCode<Codes> = {
  [Value in keyof Codes]: Codes[Value] extends string ? Value : never;
}[keyof Codes];

/** Type of a call whose function accepts the values of the paths, and whose response has all values of `refused`. */
export type CallCheck<Context, Call> = {
  readonly function: IFunction;
  readonly input: InputCheck<
    Context,
    EventOf<Call>,
    Call extends { readonly input: infer Input } ? Input : never
  >;
  readonly refused?: RefusalsCheck<ResponseOf<Call>, RefusalsOf<Call>>;
} & Unknown<Exclude<keyof Call, keyof SagaCall>>;

/** Type that none of the properties has. */
type Unknown<Names extends PropertyKey> = {
  readonly [Name in Names]: { readonly 'unknown property': Name };
};

type InputCheck<Context, Value, Input> = Input extends string
  ? PathTo<Context, Value>
  : unknown extends Value
    ? { readonly [Field in keyof Input]: InputCheck<Context, unknown, Input[Field]> }
    : NonNullable<Value> extends object
      ? FieldsCheck<Context, NonNullable<Value>, Input>
      : PathTo<Context, Value>;

type FieldsCheck<Context, Value, Input> = {
  readonly [Field in keyof Value]: InputCheck<
    Context,
    Value[Field],
    Field extends keyof Input ? Input[Field] : string
  >;
} & Unknown<Exclude<keyof Input, keyof Value>>;

/** Paths of a context whose values have a type: `input.total`, `execution.runId`, `reserve.reservationId`. */
export type PathTo<Context, Value, Depth extends readonly unknown[] = []> = Depth['length'] extends 5
  ? never
  : {
      [Key in keyof Context & string]-?:
        | (Context[Key] extends Value ? Key : never)
        | PathBelow<Key, Context[Key], Value, Depth>;
    }[keyof Context & string];

type PathBelow<Key extends string, Part, Value, Depth extends readonly unknown[]> =
  NonNullable<Part> extends readonly unknown[]
    ? never
    : NonNullable<Part> extends object
      ? `${Key}.${PathTo<Parts<Part>, Value, [...Depth, unknown]>}`
      : never;

/** Properties of an object; optional if the object is. */
type Parts<Part> = undefined extends Part ? Partial<NonNullable<Part>> : NonNullable<Part>;

/** Fields with several named values, and a code or `false` for each value. */
type RefusalsCheck<Response, Refusals> = unknown extends Response
  ? CallRefusals
  : { readonly [Field in NamedField<Response>]?: CodesCheck<Response[Field]> } & Unknown<
      Exclude<keyof Refusals, NamedField<Response>>
    >;

type CodesCheck<Value> = { readonly [Name in NameOf<Value>]: string | false };

type NamedField<Response> = {
  [Field in keyof Response]-?: IsChoice<Response[Field]> extends true ? Field : never;
}[keyof Response];
