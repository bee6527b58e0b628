import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { fieldPath } from '../../contract/field-path.js';
import { invoked } from '../invocation.js';
import { type Clients, connection, type Needs } from '../needs/need.js';
import { MAX_CONTEXT_BYTES } from '../saga-size.js';
import type { Refused, SagaExecution, SagaFailure, SagaProblem } from './saga-execution.js';

/** The parts of a saga's context that a step reads. */
export type ContextSchemas = Readonly<Record<string, z.ZodType>>;

/** Event of a step. A test passes only the context. */
export type StepEvent<Reads extends ContextSchemas> = ([keyof Reads] extends [never]
  ? object
  : z.input<z.ZodObject<Reads>>) & {
  readonly execution?: Omit<SagaExecution, 'runId'> & Partial<SagaExecution>;
};

/** Saga of a step. */
export interface StepInfo {
  readonly execution: SagaExecution;
  /** Failure that causes the undo. @default - undefined in a step */
  readonly failure?: SagaFailure;
}

/** The Lambda handler of a saga's step. */
export interface StepHandler<Reads extends ContextSchemas, N extends Needs, Result> {
  (event: StepEvent<Reads>, context: Context): Promise<Result>;
  readonly reads: Reads;
  readonly needs: N;
  /** Returns the handler with the given clients, for unit tests. */
  with(clients: Clients<N>): (event: StepEvent<Reads>) => Promise<Result>;
}

const TEST_EXECUTION = { id: 'test', name: 'test', runId: 'test' };

/**
 * Implements a step of a saga, its undo, or the check whether it is cancelled.
 *
 * The parts of the context that a step reads are validated before it runs. In the first step that is the saga's input:
 * with an invalid one the saga ends with the outcome `refused` before any step ran. The next steps can read the result
 * under the step's name, as JSON. Together with the context it has at most 240 KB: Step Functions passes up to 256 KB
 * between steps, and the state machine adds its own data.
 *
 * A step may be invoked more than once, and its undo even if the step never ran: make both idempotent. One subject may
 * also have two executions (an event published twice, a replay), and one may fail after the other has succeeded. A step
 * therefore stores `execution.runId` with its effect and refuses if another run owns the effect (the first writer
 * wins); an undo changes only effects of its own run.
 *
 * @param reads the schemas of the context it reads: `input`, and the results of earlier steps by their names. An undo
 *   reads its own step's result as `.optional()`: the step may have timed out after its effect
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

  async function invoke(event: StepEvent<Reads>, clients: () => Clients<N>): Promise<Result> {
    const { failure } = event as Partial<StepInfo>;
    const execution = executionOf(event);
    const parsed = schema.safeParse(event);
    if (!parsed.success) return invalid(problemsOf(parsed.error), failure) as Result;
    const result = await run(parsed.data, clients(), { execution, ...(failure && { failure }) });
    if (failure && isRefused(result)) {
      throw new Error(
        `An undo must not return \`refused(...)\`, got \`refused('${result.sagaFailure.code}')\``,
      );
    }
    // The result of an undo is never read: a large one must not make the undo fail.
    if (failure) return (contextBytes(event, result) > MAX_CONTEXT_BYTES ? undefined : result) as Result;
    assertSize(event, result);
    return result;
  }

  return Object.assign(
    (event: StepEvent<Reads>, context?: Context) =>
      invoked(context, undefined, () => invoke(event, connected)),
    {
      reads,
      needs,
      with: (clients: Clients<N>) => (event: StepEvent<Reads>) =>
        invoked(undefined, undefined, () => invoke(event, () => clients)),
    },
  );
}

/** Returns the execution of an event. Executions started by an earlier version of the library have no `runId`. */
function executionOf({ execution = TEST_EXECUTION }: Pick<StepEvent<never>, 'execution'>): SagaExecution {
  return { ...execution, runId: execution.runId ?? execution.name };
}

/**
 * Returns the result of a step that refuses: nothing is retried, the saga is undone and ends with this reason.
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

/** Reports an invalid context: a step returns it, since a retry would not help; an undo throws, since it must still run. */
function invalid(problems: readonly SagaProblem[], failure: SagaFailure | undefined): unknown {
  if (!failure) return { sagaFailure: { kind: 'invalid', problems } };
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Error(`The saga context does not match this undo's schema: ${list}`);
}

/** Limits of listed problems: every state must be able to pass them on beside an input of the maximum size. */
const MAX_PROBLEMS = 10;
const MAX_PROBLEM_CHARACTERS = 200;

function problemsOf({ issues }: z.ZodError): SagaProblem[] {
  const cut = (text: string) => text.slice(0, MAX_PROBLEM_CHARACTERS);
  const problems = issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({
    path: cut(fieldPath(path)),
    message: cut(message),
  }));
  const more = issues.length - problems.length;
  return more > 0 ? [...problems, { path: '', message: `and ${more} more` }] : problems;
}

/** Rejects a result that exceeds the payload limit, which would end the execution without any undo. */
function assertSize(event: unknown, result: unknown): void {
  if (contextBytes(event, result) <= MAX_CONTEXT_BYTES) return;
  throw new Error(
    `The context with this step's result must be at most ${MAX_CONTEXT_BYTES} bytes, got ${bytesOf(event)} and ${bytesOf(result)}. Store large data in a table or a bucket, and return its key.`,
  );
}

const contextBytes = (event: unknown, result: unknown): number => bytesOf(event) + bytesOf(result);
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
