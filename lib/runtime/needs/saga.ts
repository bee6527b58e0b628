import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import type * as z from 'zod';
import { assertJsonSchema, jsonText } from '../json-text.js';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import { assertInputSize, startOnce } from '../start-once.js';
import type { Need } from './need.js';

/** Only for the compiler: what is started or answered with, and nothing wider or narrower. */
interface Carries<Value> {
  readonly carries?: (value: Value) => Value;
}

/** How a handler may use a saga that takes, or a step of which waits for, such a value. */
export type SagaStart<Input> = 'start' & Carries<Input>;
export type SagaResponse<Answer> = 'answer' & Carries<Answer>;

/** A saga that can be started. */
export interface SagaStartClient<Input> {
  readonly stateMachineArn: string;
  readonly client: SFNClient;
  /**
   * Starts an execution. A second start with this name and input changes nothing, for as long as Step Functions knows
   * the name: while it runs and 90 days from its end. (An express saga has no such memory: it starts again.)
   *
   * @param name letters, digits, hyphens and underscores, at most 80: the id of what the saga is about
   * @throws ZodError when the input is not what the schema says; Error when it has more than 240 KB, when the name is
   *   none, or that of an execution with another input
   */
  start(name: string, input: Input): Promise<void>;
}

/** A saga that waits for an answer. */
export interface SagaResponseClient<Answer> {
  readonly stateMachineArn: string;
  readonly client: SFNClient;
  /**
   * Gives the answer: the saga goes on with it.
   *
   * @throws ZodError when it is not what the schema says; TaskTimedOut or TaskDoesNotExist when nobody waits any more
   */
  succeed(taskToken: string, answer: Answer): Promise<void>;
  /** Says that there will be none: the saga is undone. @throws TaskTimedOut or TaskDoesNotExist as above */
  fail(taskToken: string, cause: string): Promise<void>;
}

const client = /* @__PURE__ */ perRegion((place) => bounded(new SFNClient({ ...REQUESTS, ...place })));

/**
 * The permission to start a saga, or to answer a step of it that waits; bound to a `Saga` with this input or answer.
 *
 * - `start`: StartExecution; DescribeExecution, to tell a second start from another one of the same name
 * - `answer`: SendTaskSuccess, SendTaskFailure
 *
 * @param schema of the input, or of the answer
 * @example
 * import { handle, saga } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * const Order = z.object({ orderId: z.string() });
 *
 * export const handler = handle({ fulfilment: saga(Order).start }, async (order: { orderId: string }, { fulfilment }) => {
 *   await fulfilment.start(order.orderId, order);
 * });
 * @example
 * import { handle, saga } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * const Approval = z.object({ by: z.string(), isApproved: z.boolean() });
 *
 * export const handler = handle({ waiting: saga(Approval).answer }, async (event: { token: string }, { waiting }) => {
 *   await waiting.succeed(event.token, { by: 'ann', isApproved: true });
 * });
 */
export function saga<Schema extends z.ZodType>(schema: Schema) {
  assertJsonSchema('A value of `saga(...)`', schema, 'request');
  type Value = z.input<Schema>;
  const start: Need<'saga', SagaStart<Value>, SagaStartClient<Value>> = {
    kind: 'saga',
    access: 'start',
    connect: (stateMachineArn) => ({
      stateMachineArn,
      client: client(stateMachineArn),
      start: async (name, input) => {
        assertInputSize(checked(schema, input));
        await startOnce(client(stateMachineArn), stateMachineArn, name, input);
      },
    }),
  };
  const answer: Need<'saga', SagaResponse<Value>, SagaResponseClient<Value>> = {
    kind: 'saga',
    access: 'answer',
    connect: (stateMachineArn) => ({
      stateMachineArn,
      client: client(stateMachineArn),
      succeed: async (taskToken, value) => {
        const output = jsonText('The answer', checked(schema, value));
        await client(stateMachineArn).send(new SendTaskSuccessCommand({ taskToken, output }));
      },
      fail: async (taskToken, cause) => {
        await client(stateMachineArn).send(
          new SendTaskFailureCommand({ taskToken, error: 'SagaResponseFailed', cause }),
        );
      },
    }),
  };
  return { start, answer };
}

/** The value as it was given: whoever reads it parses it again. */
function checked<Value>(schema: z.ZodType, value: Value): Value {
  schema.parse(value);
  return value;
}
