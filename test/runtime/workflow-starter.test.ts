import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { publishedEvent } from 'cdk-trellis/testing';
import { handler } from '../../lib/runtime/workflow-starter.js';
import { OrderPlaced } from '../messaging/fixtures/events.js';

const workflows = mockClient(SFNClient);
const stateMachineArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:fulfil';
const start = handler.with({ workflow: { stateMachineArn, client: new SFNClient({}) } });
const data = { orderId: 'o-1', total: 5 };
const delivered = (id = 'e-1') => publishedEvent(OrderPlaced, data, { id });
const started = () => workflows.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);
const exists = () => new ExecutionAlreadyExists({ message: 'exists', $metadata: {} });
const { name, source, version } = OrderPlaced;
const options = (isSaga: boolean) => JSON.stringify({ events: [{ name, source, version }], isSaga });

beforeEach(() => {
  workflows.reset();
  process.env.STARTS = options(false);
  jest.spyOn(console, 'error').mockImplementation(() => {});
});

describe('the starter of a workflow', () => {
  it("starts it with the event's data, named by the id of the envelope and not by EventBridge's", async () => {
    workflows.on(StartExecutionCommand).resolves({});
    await start({ ...delivered(), id: 'another-one-for-each-attempt' });
    expect(started()).toEqual([{ stateMachineArn, name: 'e-1', input: JSON.stringify(data) }]);
  });

  it.each(['order/1', 'é', ' ', 'x'.repeat(81)])(
    'names it by a hash of an id that cannot be a name: %s',
    async (id) => {
      workflows.on(StartExecutionCommand).resolves({});
      await start(delivered(id));
      await start(delivered(id));
      await start(delivered(`${id}2`));
      const [one, again, other] = started().map((input) => input.name);
      expect(one).toMatch(/^[0-9a-f]{64}$/);
      expect(again).toBe(one);
      expect(other).not.toBe(one);
    },
  );

  it('succeeds when the execution exists with the same data, in whatever order its properties are', async () => {
    workflows.on(StartExecutionCommand).rejects(exists());
    workflows.on(DescribeExecutionCommand).resolves({ input: '{"total":5,"orderId":"o-1"}' });
    await expect(start(delivered())).resolves.toBeUndefined();
    expect(workflows.commandCalls(DescribeExecutionCommand)[0]?.args[0].input).toEqual({
      executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:fulfil:e-1',
    });
  });

  it('fails, so that the event is kept, when the execution of this name has other data', async () => {
    workflows.on(StartExecutionCommand).rejects(exists());
    workflows.on(DescribeExecutionCommand).resolves({ input: '{"total":6,"orderId":"o-1"}' });
    await expect(start(delivered())).rejects.toThrow('was started with another input');
  });

  it('logs a failure with the correlation id of the event, under the name of the function', async () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'Shop-Starter';
    workflows.on(StartExecutionCommand).rejects(new Error('unreachable'));
    const written = jest.spyOn(console, 'error').mockImplementation(() => {});
    const event = publishedEvent(OrderPlaced, data, { id: 'e-1', correlationId: 'c-7' });
    await expect(start(event)).rejects.toThrow('unreachable');
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
    expect(JSON.parse(written.mock.calls.at(-1)![0])).toMatchObject({
      message: 'The workflow was not started',
      correlation_id: 'c-7',
      service: 'Shop-Starter',
    });
  });

  it.each([
    ['of another version', { ...delivered(), detail: { metadata: { id: 'e', version: 9 }, data } }],
    ['of another name', { ...delivered(), 'detail-type': 'OrderLost' }],
    ['of another source', { ...delivered(), source: 'elsewhere' }],
    ['without an envelope', { ...delivered(), detail: data }],
  ])('starts nothing with an event %s', async (_, event) => {
    await expect(start(event as never)).rejects.toThrow(/event/i);
    expect(started()).toEqual([]);
  });

  it('starts no saga with an input that its states could not pass on', async () => {
    workflows.on(StartExecutionCommand).resolves({});
    const large = { ...data, note: 'x'.repeat(245 * 1024) };
    const event = (id: string) => ({ ...delivered(), detail: { metadata: { id, version }, data: large } });
    await start(event('e-1'));
    process.env.STARTS = options(true);
    await expect(start(event('e-2'))).rejects.toThrow('must be at most 245760 bytes, got');
    expect(started()).toHaveLength(1);
  });
});
