import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { invoked } from '../invocation.js';
import { type Clients, connection, type Needs } from '../needs/need.js';
import { MAX_CONTEXT_BYTES } from '../saga-size.js';

/** The execution of a saga. All of it is the same for all steps, undos and retries. */
export interface SagaExecution {
  /** The ARN of the execution. */
  readonly id: string;
  /** The name that the execution was started with. */
  readonly name: string;
  /**
   * The owner of every effect: the name and the start time of the execution. Step Functions forgets a name 90 days
   * after the execution has ended and then runs it again, so the name alone can stand for two executions.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  readonly runId: string;
}

/** A business refusal, which is an answer and no error: nothing is retried, and what was done is undone. */
export interface Refused<Code extends string = string> {
  readonly sagaFailure: {
    readonly kind: 'refused';
    readonly code: Code;
    readonly message?: string;
  };
}

/**
 * Why a saga is undone.
 *
 * - `refused`: a step returned `refused(code)`
 * - `failed`: a step failed at all retries, or timed out; `cause` is the beginning of what Lambda says of it
 * - `cancelled`: the flag was set before the step
 * - `invalid`: what the step reads of the context is not what its schemas say
 */
export type SagaReason<Code extends string = string> =
  | Refused<Code>['sagaFailure']
  | { readonly kind: 'failed'; readonly error: string; readonly cause?: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'invalid'; readonly problems: readonly SagaProblem[] };

/** What is wrong, and where: `.input.lines[0].quantity`. Of many problems the first ten are told. */
export interface SagaProblem {
  readonly path: string;
  readonly message: string;
}

/** What an undo is told besides the context: the step that failed, and why. */
export interface SagaFailure<Code extends string = string> {
  readonly step: string;
  readonly reason: SagaReason<Code>;
}

/**
 * How a saga ended.
 *
 * - `completed`: all steps are done
 * - `undone`: `failedStep` did not succeed, and everything is undone
 * - `refused`: the input was not valid, and nothing was begun
 */
export type SagaOutcome<SagaContext = { readonly input: unknown }, Code extends string = string> =
  | { readonly status: 'completed'; readonly execution: SagaExecution; readonly context: SagaContext }
  | {
      readonly status: 'undone';
      readonly execution: SagaExecution;
      readonly failedStep: string;
      readonly reason: SagaReason<Code>;
      /** The input, and the results of the steps that had one. */
      readonly context: Partial<SagaContext>;
      /** Steps of an express saga whose undo failed: a message in its queue has what they need. */
      readonly unfinished?: readonly string[];
      /** Those of them for which no message could be written. The execution ends as failed then, whatever the reason. */
      readonly unwritten?: readonly string[];
    }
  | {
      readonly status: 'refused';
      readonly execution: SagaExecution;
      readonly reason: SagaReason<never>;
      readonly context: { readonly input: unknown };
    };

/** The parts of a saga's context that a step reads. */
export type ContextSchemas = Readonly<Record<string, z.ZodType>>;

/** What a step is invoked with. Whoever tests one gives the context only. */
export type StepEvent<Reads extends ContextSchemas> = ([keyof Reads] extends [never]
  ? object
  : z.input<z.ZodObject<Reads>>) & {
  readonly execution?: Omit<SagaExecution, 'runId'> & Partial<SagaExecution>;
};

/** What a step knows of the saga that it is part of. */
export interface StepInfo {
  readonly execution: SagaExecution;
  /** Why the saga is undone. @default - it is not */
  readonly failure?: SagaFailure;
}

/** The Lambda handler of a saga's step. */
export interface StepHandler<Reads extends ContextSchemas, N extends Needs, Result> {
  (event: StepEvent<Reads>, context: Context): Promise<Result>;
  readonly reads: Reads;
  readonly needs: N;
  /** The same handler with clients of your own: how a unit test calls it. */
  with(clients: Clients<N>): (event: StepEvent<Reads>) => Promise<Result>;
}

const TEST_EXECUTION = { id: 'test', name: 'test', runId: 'test' };

/**
 * Implements a step of a saga, its undo, or the check whether it is cancelled.
 *
 * What a step reads of the context is checked before it runs. In the first step that is the saga's input: a bad one
 * ends in the outcome `refused` with nothing begun. A result is what the next steps can read under the step's name, as
 * JSON; together with the context it may have 240 KB, since Step Functions passes no more than 256 KB from step to step,
 * and the state machine adds to it.
 *
 * A step may be invoked more than once, and its undo also when the step never ran: make both idempotent. One thing may
 * also have two executions (an event that was published twice, a replay), and one of them may fail after the other has
 * succeeded. So a step stores `execution.runId` with its effect and refuses when another run owns the effect (the first
 * writer wins), and an undo changes only what its own run owns.
 *
 * @param reads the schemas of what it reads: `input`, and the results of earlier steps by their names. An undo reads
 *   its own step's result as `.optional()`: the step may have timed out after its effect
 * @param needs an object literal: the construct that deploys the handler reads it from the source
 * @example
 * import { refused, step, table } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * const Order = z.object({ orderId: z.string(), quantity: z.int().positive() });
 *
 * export const handler = step({ input: Order }, { stock: table.readWrite }, async ({ input }, { stock }, { execution }) => {
 *   if (input.quantity > 9) return refused('out-of-stock');
 *   return { reservationId: `${stock.tableName}/${execution.runId}` };
 * });
 */
export function step<const Reads extends ContextSchemas, const N extends Needs, const Result>(
  reads: Reads,
  needs: N,
  run: (context: z.output<z.ZodObject<Reads>>, clients: Clients<N>, saga: StepInfo) => Promise<Result>,
): StepHandler<Reads, N, Result> {
  const schema = z.object(reads);
  const connected = connection(needs);

  async function answer(event: StepEvent<Reads>, clients: () => Clients<N>): Promise<Result> {
    const { failure } = event as Partial<StepInfo>;
    const execution = executionOf(event);
    const parsed = schema.safeParse(event);
    if (!parsed.success) return invalid(problemsOf(parsed.error), failure) as Result;
    const result = await run(parsed.data, clients(), { execution, ...(failure && { failure }) });
    if (failure && isRefused(result)) {
      throw new Error(`An undo must not refuse, got \`refused('${result.sagaFailure.code}')\``);
    }
    // Nobody reads the result of an undo: one that is too large must not make the undo fail.
    if (failure) return (contextBytes(event, result) > MAX_CONTEXT_BYTES ? undefined : result) as Result;
    assertSize(event, result);
    return result;
  }

  return Object.assign(
    (event: StepEvent<Reads>, context?: Context) =>
      invoked(context, undefined, () => answer(event, connected)),
    {
      reads,
      needs,
      with: (clients: Clients<N>) => (event: StepEvent<Reads>) =>
        invoked(undefined, undefined, () => answer(event, () => clients)),
    },
  );
}

/** Executions that a former version of the library started have no `runId`. */
function executionOf({ execution = TEST_EXECUTION }: Pick<StepEvent<never>, 'execution'>): SagaExecution {
  return { ...execution, runId: execution.runId ?? execution.name };
}

/**
 * What a step returns when the answer is no: nothing is retried, the saga is undone and ends with this reason.
 *
 * @param code for programs, as in `card-declined`
 * @param message for people
 */
export function refused<const Code extends string>(code: Code, message?: string): Refused<Code> {
  return { sagaFailure: { kind: 'refused', code, ...(message !== undefined && { message }) } };
}

function isRefused(result: unknown): result is Refused {
  return typeof result === 'object' && result !== null && 'sagaFailure' in result;
}

/** A step answers it: retrying would not help. An undo throws it: its work is still to be done. */
function invalid(problems: readonly SagaProblem[], failure: SagaFailure | undefined): unknown {
  if (!failure) return { sagaFailure: { kind: 'invalid', problems } };
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Error(`The context is not what this undo reads: ${list}`);
}

/** As many problems, and as long ones, as every state can pass on beside an input of the largest size. */
const MAX_PROBLEMS = 10;
const MAX_PROBLEM_CHARACTERS = 200;

function problemsOf({ issues }: z.ZodError): SagaProblem[] {
  const cut = (text: string) => text.slice(0, MAX_PROBLEM_CHARACTERS);
  const problems = issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({
    path: cut(path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')),
    message: cut(message),
  }));
  const more = issues.length - problems.length;
  return more > 0 ? [...problems, { path: '', message: `and ${more} more` }] : problems;
}

/** Step Functions would end the execution, and nothing would be undone. */
function assertSize(event: unknown, result: unknown): void {
  if (contextBytes(event, result) <= MAX_CONTEXT_BYTES) return;
  throw new Error(
    `The context with this step's result must be at most ${MAX_CONTEXT_BYTES} bytes, got ${bytesOf(event)} and ${bytesOf(result)}. Keep what is large in a table or a bucket, and return its key.`,
  );
}

const contextBytes = (event: unknown, result: unknown): number => bytesOf(event) + bytesOf(result);
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
