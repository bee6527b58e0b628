import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { LossyEvents } from './lossy-events.js';
import { documents, endpoint, eventually, invoke, logged, mailbox, output } from './support.js';

/** Attempts of the Outbox's function to send an event in one invocation, and its invocations: one and two retries. */
const ATTEMPTS = 3;
const INVOCATIONS = 3;

let events: LossyEvents;

beforeAll(() => {
  events = new LossyEvents(endpoint, Number(new URL(process.env.TRELLIS_DRILL_EVENTS as string).port));
});
afterAll(() => events.close());

const published = mailbox('Published');
const failures = mailbox('OutboxFailures');

/** The orders whose events have come through the bus. */
const arrived = async () => (await published()).map(({ detail }) => detail.data.orderId as string);

describe('an Outbox', () => {
  it('sends what EventBridge did not take again, and what it took before no second time', async () => {
    const orderIds = ['one', 'three', 'two'];
    // The second of the stream's batch, whichever order that is, in all attempts of one invocation.
    events.isLost = (orderId) => orderId === events.calls[0]?.[1] && events.timesOf(orderId) <= ATTEMPTS;
    await invoke(output('Writer'), { orderIds });
    const all = await eventually(arrived, (ids) => orderIds.every((orderId) => ids.includes(orderId)));
    expect([...new Set(all)].sort()).toEqual(orderIds);

    const first = events.calls[0] as string[];
    expect([...first].sort()).toEqual(orderIds);
    // The next invocation begins with the first that was not taken.
    expect(events.calls[ATTEMPTS]).toEqual(first.slice(1));
    expect(events.timesOf(first[0] as string)).toBe(1);
    expect(await failures()).toEqual([]);
  });

  it('gives an event up after its retries, keeps where it is in the stream, and goes on', async () => {
    events.isLost = (orderId) => orderId === 'never';
    await invoke(output('Writer'), { orderIds: ['never'] });
    const [failure] = await eventually(failures, (all) => all.length > 0);
    expect(events.timesOf('never')).toBe(INVOCATIONS * ATTEMPTS);
    expect(failure).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: INVOCATIONS },
      DDBStreamBatchInfo: {
        shardId: expect.stringMatching(/^shardId-/),
        startSequenceNumber: expect.stringMatching(/^\d+$/),
        batchSize: 1,
        streamArn: expect.stringContaining(':dynamodb:'),
      },
    });

    await invoke(output('Writer'), { orderIds: ['after'] });
    expect(await eventually(arrived, (ids) => ids.includes('after'))).toContain('after');
    expect(events.timesOf('never')).toBe(INVOCATIONS * ATTEMPTS);
    expect(await arrived()).not.toContain('never');
  });
});

it('a consumer that reports its first failure is called again from there on, and a bounded number of times', async () => {
  const put = (readingId: string, unreadable = false) =>
    documents.send(new PutCommand({ TableName: output('Readings'), Item: { readingId, unreadable } }));
  await put('good');
  await put('bad', true);
  const unreadable = mailbox('Unreadable');
  const [failure] = await eventually(unreadable, (all) => all.length > 0);
  expect(failure.requestContext).toMatchObject({ condition: 'RetryAttemptsExhausted' });
  expect(await logged('read good')).toHaveLength(1);
  expect(await logged('read bad')).toHaveLength(3);

  await put('later');
  expect(
    await eventually(
      () => logged('read later'),
      (all) => all.length > 0,
    ),
  ).toHaveLength(1);
  expect(await unreadable()).toHaveLength(1);
});
