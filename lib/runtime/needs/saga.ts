import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import type * as z from 'zod';
import { assertJsonSchema, jsonText } from '../json-text.js';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import { assertInputSize, startOnce } from '../start-once.js';
import type { Need } from './need.js';

/** Marker for the compiler: the exact type of the input or the response, neither wider nor narrower. */
interface Carries<Value> {
  readonly carries?: (value: Value) => Value;
}

/** Access that starts a saga with this input. */
export type SagaStart<Input> = 'start' & Carries<Input>;

/** Access that responds to a waiting step of a saga with this type. */
export type SagaResponse<Value> = 'respond' & Carries<Value>;

/** A saga to start. */
export interface SagaStartClient<Input> {
  readonly stateMachineArn: string;
  readonly client: SFNClient;
  /**
   * Starts an execution. A second start with the same name and input has no effect while Step Functions knows the name:
   * while the execution runs and for 90 days after. (An express saga keeps no names: it starts again.)
   *
   * @param name 1 to 80 letters, digits, hyphens and underscores: the id of the saga's subject
   * @throws ZodError if the input does not match the schema; Error if it has more than 240 KB, or if the name is
   *   invalid or belongs to an execution with another input
   */
  start(name: string, input: Input): Promise<void>;
}

/** A saga with a step that waits for a response. */
export interface SagaResponseClient<Value> {
  readonly stateMachineArn: string;
  readonly client: SFNClient;
  /**
   * Sends the response, with which the saga continues.
   *
   * @throws ZodError if it does not match the schema; TaskTimedOut or TaskDoesNotExist if the step no longer waits
   */
  succeed(taskToken: string, response: Value): Promise<void>;
  /** Fails the waiting step: the saga is undone. @throws TaskTimedOut or TaskDoesNotExist as above */
  fail(taskToken: string, cause: string): Promise<void>;
}

const client = /* @__PURE__ */ perRegion((place) => bounded(new SFNClient({ ...REQUESTS, ...place })));

/**
 * Permission to start a saga, or to respond to its waiting step; bound to a `Saga` with this input or response.
 *
 * - `start`: StartExecution; DescribeExecution, to compare the input of an execution with the same name
 * - `respond`: SendTaskSuccess, SendTaskFailure
 *
 * @param schema of the input, or of the response
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
 * export const handler = handle({ waiting: saga(Approval).respond }, async (event: { token: string }, { waiting }) => {
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
        assertInputSize(validated(schema, input));
        await startOnce(client(stateMachineArn), stateMachineArn, name, input);
      },
    }),
  };
  const respond: Need<'saga', SagaResponse<Value>, SagaResponseClient<Value>> = {
    kind: 'saga',
    access: 'respond',
    connect: (stateMachineArn) => ({
      stateMachineArn,
      client: client(stateMachineArn),
      succeed: async (taskToken, value) => {
        const output = jsonText('The response', validated(schema, value));
        await client(stateMachineArn).send(new SendTaskSuccessCommand({ taskToken, output }));
      },
      fail: async (taskToken, cause) => {
        await client(stateMachineArn).send(
          new SendTaskFailureCommand({ taskToken, error: 'SagaResponseFailed', cause }),
        );
      },
    }),
  };
  return { start, respond };
}

/** Validates a value and returns it unparsed: its reader parses it again. */
function validated<Value>(schema: z.ZodType, value: Value): Value {
  schema.parse(value);
  return value;
}
