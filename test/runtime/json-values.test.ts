import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { defineEvent } from 'cdk-trellis/contract';
import { bus, invoke, outbox, queue, saga, worker } from 'cdk-trellis/runtime';
import { sqsEvent } from 'cdk-trellis/testing';
import * as z from 'zod';
import { isoDate } from '../fixtures/contract.js';

const NOT_JSON: readonly (readonly [string, z.ZodType, string])[] = [
  ['a date', z.date(), 'JSON does not support date: use z.iso.datetime()'],
  ['a map', z.map(z.string(), z.string()), 'JSON does not support map: use z.record()'],
  ['a set', z.set(z.string()), 'JSON does not support set: use z.array()'],
  ['a bigint', z.bigint(), 'JSON does not support bigint: use a text of digits'],
  ['a NaN', z.nan(), 'JSON does not support nan: use z.null()'],
];

const sqs = mockClient(SQSClient);
const eventBridge = mockClient(EventBridgeClient);
beforeEach(() => {
  sqs.reset();
  eventBridge.reset();
});

describe('what JSON has no form of', () => {
  it.each(NOT_JSON)('is refused where messages and events are defined: %s', (_, schema, reason) => {
    const nested = z.object({ lines: z.array(z.object({ value: schema })) });
    expect(() => queue(nested)).toThrow(`cannot be sent as JSON:\n- .lines[].value: ${reason}`);
    expect(() => worker(nested, {}, async () => {})).toThrow(`.lines[].value: ${reason}`);
    expect(() => saga(nested)).toThrow(`.lines[].value: ${reason}`);
    expect(() => defineEvent('Placed', nested, { version: 1 })).toThrow(
      `Placed 1 cannot be sent as JSON: .lines[].value: ${reason}`,
    );
  });

  it('is a transformation where values are sent: nothing undoes it', () => {
    const upper = z.object({ name: z.string().transform((name) => name.toUpperCase()) });
    expect(() => queue(upper)).toThrow('use z.codec()');
    expect(() => defineEvent('Named', upper, { version: 1 })).toThrow('use z.codec()');
    // It is only read here.
    expect(() => worker(upper, {}, async () => {})).not.toThrow();
  });

  it('is not a codec, whose text is sent and whose value is received', async () => {
    const Dated = z.object({ at: isoDate });
    sqs.onAnyCommand().resolves({});
    await queue(Dated)
      .send.connect('https://sqs/q')
      .send({ at: new Date(0) });
    const { MessageBody } = sqs.calls()[0]!.args[0].input as { MessageBody: string };
    expect(MessageBody).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
    const received: Date[] = [];
    const handler = worker(Dated, {}, async ({ at }) => void received.push(at)).with({});
    expect(await handler(sqsEvent([{ body: MessageBody }]))).toEqual({ batchItemFailures: [] });
    expect(received).toEqual([new Date(0)]);
  });

  it.each([
    ['NaN', Number.NaN, '.a[0] is NaN'],
    ['Infinity', -Infinity, '.a[0] is -Infinity'],
    ['a bigint', 1n, '.a[0] is a bigint'],
    ['a Map', new Map(), '.a[0] is a Map'],
    ['a Set', new Set(), '.a[0] is a Set'],
    ['a hole', undefined, '.a[0] is undefined'],
    ['no date', new Date('x'), '.a[0] is an invalid Date'],
    ['a function', () => {}, '.a[0] is a function'],
  ])('is refused when it is sent, where the schema takes anything: %s', async (_, value, reason) => {
    const Anything = z.object({ a: z.any() });
    const Any = defineEvent('Any', z.object({ id: z.string(), a: z.any() }), { version: 1, key: 'id' });
    const a = [value];
    await expect(queue(Anything).send.connect('https://sqs/q').send({ a })).rejects.toThrow(
      `The message cannot be written as JSON: ${reason}`,
    );
    await expect(bus(Any).publish.connect('shop').publish({ id: '1', a })).rejects.toThrow(
      `The event Any cannot be written as JSON: ${reason}`,
    );
    expect(() => outbox(Any, { id: '1', a }, { sequence: 1 })).toThrow(reason);
    await expect(
      saga(Anything).start.connect('arn:aws:states:a:1:stateMachine:s').start('n', { a }),
    ).rejects.toThrow(`The input cannot be written as JSON: ${reason}`);
    await expect(invoke<any>().send.connect('other').send({ a })).rejects.toThrow(
      `The event cannot be written as JSON: ${reason}`,
    );
    expect([...sqs.calls(), ...eventBridge.calls()]).toEqual([]);
  });

  it('is refused where a value contains itself, and not where it occurs twice', async () => {
    sqs.onAnyCommand().resolves({});
    const sender = queue(z.any()).send.connect('https://sqs/q');
    const shared = { b: 1 };
    await sender.send({ first: shared, second: [shared] });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    await expect(sender.send(circular)).rejects.toThrow('.self contains itself');
  });
});
