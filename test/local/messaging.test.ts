import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteEventSourceMappingCommand,
  InvokeCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { localClientConfig } from '../../bin/local-storefront.js';
import { eventually } from '../support/eventually.js';
import { Deployed, type Row } from './messaging/deployed.js';

let app: Deployed;

beforeAll(async () => {
  app = await Deployed.start();
}, 180_000);

afterAll(() => app?.stop(), 30_000);

const named = (name: string, fails = 'never') => ({ name, fails });

describe('a QueueWorker', () => {
  it('handles what another function sends to it', async () => {
    await app.invoke('Sender', { name: 'sent' });
    await eventually(
      () => app.log('task sent'),
      (rows) => rows.length === 1,
    );
  });

  it('puts a poison message into the dead-letter queue, and handles the others of its batch once', async () => {
    const messages = [named('good-1'), named('bad', 'always'), named('good-2'), named('shaky', 'once')];
    await app.send('Tasks', [...messages, { name: 'not what it takes' }]);
    const dead = await eventually(
      () => app.bodies('TasksDead'),
      (bodies) => bodies.length === 2,
    );
    expect(dead).toContainEqual(named('bad', 'always'));
    expect(dead).toContainEqual({ name: 'not what it takes' });
    const runs = async (name: string) => (await app.log(`task ${name}`)).length;
    expect([await runs('good-1'), await runs('good-2'), await runs('bad'), await runs('shaky')]).toEqual([
      1, 1, 2, 2,
    ]);
    expect(await app.count('Tasks')).toBe(0);
  });

  it('gets dead letters back when they are redriven', async () => {
    const { code, output } = await app.redrive('Messaging/Tasks');
    expect(output).toMatch(/TasksDeadLetters.*: 2 redriven\n$/);
    expect(code).toBe(0);
    await eventually(
      () => app.log('task bad'),
      (rows) => rows.length > 2,
    );
    expect(await app.redrive('Messaging/Ordered')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Nothing to redrive. Empty: .*OrderedDeadLetters.*\n$/),
    });
  });

  it('keeps the order of a group of a FIFO queue, behind a message that fails at first', async () => {
    const names = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3'];
    const messages = names.map((name) => named(name, name === 'a2' ? 'once' : 'never'));
    await app.send('Ordered', messages, ({ name }) => name[0]);
    const all = await eventually(
      async () => [await app.log('ordered a'), await app.log('ordered b')],
      ([a, b]) => a?.length === 3 && b?.length === 3,
    );
    expect(all.map((rows) => rows.map(({ name }) => name))).toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2', 'b3'],
    ]);
  });
});

describe('a QueueWorker whose messages fail in other ways', () => {
  beforeAll(() => app.purge('Tasks', 'TasksDead', 'Ordered', 'OrderedDead'));

  it('handles the others of a batch once, and deletes them, where one message hangs', async () => {
    const names = ['quick-1', 'quick-2', 'quick-3'];
    await app.send('Tasks', [...names.map((name) => named(name)), named('stuck', 'hangs')]);
    await eventually(
      async () => [await app.count('Tasks'), await app.count('TasksDead')],
      ([waiting, dead]) => waiting === 0 && dead === 1,
    );
    expect(await app.bodies('TasksDead')).toEqual([named('stuck', 'hangs')]);
    for (const name of names) expect(await app.log(`task ${name}`)).toHaveLength(1);
  });

  it('knows a message again that was redriven, by the id that its sender gave it', async () => {
    await app.purge('TasksDead');
    await app.invoke('Sender', { name: 'known' });
    await eventually(
      () => app.log('task known'),
      (rows) => rows.length === 1,
    );
    // As after a crash: the message was handled, and lies in the dead-letter queue all the same.
    const [sent] = await app.log('task known');
    await app.putDeadLetter('TasksDead', named('known'), sent?.id);
    expect((await app.redrive('Messaging/Tasks')).output).toMatch(/1 redriven\n$/);
    await eventually(
      async () => [await app.count('Tasks'), await app.count('TasksDead')],
      ([waiting, dead]) => waiting === 0 && dead === 0,
    );
    expect(await app.log('task known')).toHaveLength(1);
  });

  it('does not do again what a crash took along into the dead-letter queue, when it is redriven', async () => {
    await app.purge('Tasks', 'TasksDead');
    const names = ['beside-1', 'beside-2'];
    await app.send('Tasks', [...names.map((name) => named(name)), named('crash', 'crashes')]);
    // Nothing was reported: all three are dead letters, except those that happened to arrive in a batch of their own.
    const [, dead] = await eventually(
      async () => [await app.count('Tasks'), await app.count('TasksDead')] as const,
      ([waiting, dead]) => waiting === 0 && dead > 0,
    );
    expect((await app.redrive('Messaging/Tasks')).output).toContain(`${dead} redriven\n`);
    await eventually(
      async () => [await app.count('Tasks'), await app.log('task crash')],
      ([waiting, crashes]) => waiting === 0 && (crashes as Row[]).length === 4,
    );
    for (const name of names) expect(await app.log(`task ${name}`)).toHaveLength(1);
  });

  it('handles all of a FIFO group behind a message that always fails, and that one alone is a dead letter', async () => {
    const messages = ['p1', 'p2', 'p3', 'p4'].map((name) => named(name, name === 'p2' ? 'always' : 'never'));
    await app.send('Ordered', messages, () => 'p');
    const handled = await eventually(
      () => app.log('ordered p'),
      (rows) => rows.length === 3,
    );
    expect(handled.map(({ name }) => name)).toEqual(['p1', 'p3', 'p4']);
    expect((await app.log('tried p')).map(({ name }) => name)).toEqual(['p1', 'p2', 'p2', 'p3', 'p4']);
    expect(await app.bodies('OrderedDead')).toEqual([named('p2', 'always')]);
  });

  it('handles equal messages of a FIFO queue each, which `send` has sent', async () => {
    for (let time = 0; time < 3; time++) await app.invoke('Sender', { name: 'same', groupId: 's' });
    await eventually(
      () => app.log('ordered s'),
      (rows) => rows.length === 3,
    );
  });
});

describe('an EventHub', () => {
  const publish = (orderId: string, state = 'placed', version = 1) =>
    app.invoke('Publisher', { orderId, state, version });

  it('brings an event to its handler, with what it follows from', async () => {
    const event = await publish('o-1');
    const [row] = await eventually(
      () => app.log('handled o-1'),
      (rows) => rows.length === 1,
    );
    expect(row).toMatchObject({ id: event.id, correlationId: event.correlationId, state: 'placed' });
  });

  it('starts a workflow with the data of an event', async () => {
    await eventually(
      () => app.log('workflow o-1'),
      (rows) => rows.length === 1,
    );
  });

  it('handles an event once that is delivered twice', async () => {
    const { id, time, correlationId, version, ...rest } = await publish('o-2');
    await eventually(
      () => app.log('handled o-2'),
      (rows) => rows.length === 1,
    );
    const Detail = JSON.stringify({ metadata: { id, time, correlationId, version }, data: rest.data });
    const entry = { EventBusName: app.output('Bus'), Source: 'orders', DetailType: 'OrderChanged', Detail };
    await app.events.send(new PutEventsCommand({ Entries: [entry, entry] }));
    await publish('o-2-after');
    await eventually(
      () => app.log('handled o-2-after'),
      (rows) => rows.length === 1,
    );
    // What was sent before has had a second more than what was sent after it.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await app.log('handled o-2')).toHaveLength(1);
  });

  it('keeps an event, with the error, that a handler fails to handle three times', async () => {
    await publish('o-3', 'failing');
    const [failure] = await eventually(
      () => app.bodies('OnChangedFailures'),
      (all) => all.length === 1,
    );
    expect(failure.requestPayload.detail.data.orderId).toBe('o-3');
    expect(failure.responsePayload.errorMessage).toBe('This order fails');
    expect(await app.log('handled o-3')).toHaveLength(3);
  });

  it('handles it after all, when the cause is repaired and it is redriven', async () => {
    await app.put('Log', { what: 'repaired', at: 'now' });
    const { code, output } = await app.redrive('Messaging/Events/OrderChanged');
    expect(output).toMatch(/Failures.*: 1 redriven\n$/);
    expect(code).toBe(0);
    await eventually(
      () => app.log('handled o-3'),
      (rows) => rows.length === 4,
    );
    expect(await app.count('OnChangedFailures')).toBe(0);
  });

  it('keeps an event of an unknown version, for each subscriber, with the reason', async () => {
    await publish('o-4', 'placed', 9);
    const [forFunction] = await eventually(
      () => app.bodies('OnChangedFailures'),
      (all) => all.length === 1,
    );
    expect(forFunction).toMatchObject({
      refused: expect.stringContaining('understands the versions 1'),
      target: expect.stringMatching(/^arn:aws:lambda:/),
      event: {
        'detail-type': 'OrderChanged',
        detail: { metadata: { version: 9 }, data: { orderId: 'o-4' } },
      },
    });
    const [forWorker] = await eventually(
      () => app.bodies('ShownDead'),
      (all) => all.length === 1,
    );
    expect(forWorker.detail.data.orderId).toBe('o-4');
    expect(await app.log('handled o-4')).toEqual([]);
  });

  it('keeps it again, with the refusal of the consumer, when it is redriven too early', async () => {
    expect((await app.redrive('Messaging/Events/OrderChanged')).output).toContain('1 redriven');
    const [failure] = await eventually(
      () => app.bodies('OnChangedFailures'),
      (all) => all.length === 1,
    );
    expect(failure.responsePayload.errorMessage).toMatch(
      /^Expected OrderChanged 1 of orders, got OrderChanged 9 of orders/,
    );
    await app.purge('OnChangedFailures', 'ShownDead');
  });
});

describe('an Outbox', () => {
  const states = ['placed', 'paid', 'packed', 'sent', 'delivered'];

  it('publishes what was written, in order for each key, once for each write', async () => {
    await app.purge('Published');
    await Promise.all(['x', 'y', 'z'].map((orderId) => app.invoke('Writer', { orderId, states })));
    const events: any[] = [];
    await eventually(
      async () => {
        for (const event of await app.take('Published')) events.push(event);
        return events.length;
      },
      (count) => count >= 15,
    );
    for (const orderId of ['x', 'y', 'z']) {
      const own = events.filter(({ detail }) => detail.data.orderId === orderId).map(({ detail }) => detail);
      expect(own.map(({ data }) => data.state)).toEqual(states);
      expect(own.map(({ metadata }) => metadata.sequence)).toEqual([1, 2, 3, 4, 5]);
    }
    expect(events).toHaveLength(15);
    expect(await app.count('OutboxFailures')).toBe(0);
  });

  it('publishes again what was given up or refused, when it is redriven', async () => {
    const written = await app.changes('OrdersStream');
    const [first, second] = written.map(({ dynamodb }) => dynamodb!.SequenceNumber);
    const entry = {
      EventBusName: app.output('Bus'),
      Source: 'orders',
      DetailType: 'OrderChanged',
      Detail: JSON.stringify({
        metadata: { id: 'r', version: 1, correlationId: 'c' },
        data: { orderId: 'r', state: 's' },
      }),
    };
    const functionArn = app.output('OutboxFunction');
    const streamArn = app.output('OrdersStream');
    const batch = {
      streamArn,
      shardId: written.shardId,
      startSequenceNumber: first,
      endSequenceNumber: second,
    };
    await app.send('OutboxFailures', [
      { requestContext: { functionArn, condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: batch },
      { refused: 'MalformedDetail: no', putEvents: entry },
    ]);
    await app.purge('Published');
    expect(await app.redrive('Messaging/Outbox')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/OutboxFailures.*: 2 redriven\n$/),
    });
    const events = await eventually(
      () => app.bodies('Published'),
      (all) => all.length === 3,
    );
    const orders = written.slice(0, 2).map(({ dynamodb }) => dynamodb?.NewImage?.orderId?.S);
    expect(events.map(({ detail }) => detail.data.orderId).sort()).toEqual(['r', ...orders].sort());
  });

  it('sets aside what JSON has no form of, publishes the next, and publishes it when it is repaired', async () => {
    await app.purge('Published', 'OutboxFailures');
    const event = (id: string, state: unknown) => ({
      ...{ name: 'OrderChanged', version: 1, source: 'orders', id, time: new Date().toISOString() },
      ...{ key: id, sequence: 1, correlationId: 'c', data: { orderId: id, state: 'placed', state2: state } },
    });
    // As another writer may do it.
    await app.put('Orders', { orderId: 'big', event: event('big', 2n ** 60n) });
    await app.put('Orders', { orderId: 'small', event: event('small', 1) });
    const published = await eventually(
      () => app.take('Published'),
      (all) => all.length === 1,
    );
    expect(published[0].detail.data.orderId).toBe('small');
    expect(await app.bodies('OutboxFailures')).toMatchObject([
      { refused: expect.stringContaining('is a bigint'), outboxItem: { keys: { orderId: { S: 'big' } } } },
    ]);
    const early = await app.redrive('Messaging/Outbox');
    expect(early.output).toContain('is a bigint');
    expect(early.code).toBe(1);
    await app.put('Orders', { orderId: 'big', event: event('big', 1) });
    const data = { orderId: 'big', state: 'placed', state2: 1 };
    for (const publishing of ['by the repair itself', 'by the redrive']) {
      if (publishing === 'by the redrive') {
        expect((await app.redrive('Messaging/Outbox')).output).toMatch(/1 redriven\n$/);
      }
      const [repaired] = await eventually(
        () => app.take('Published'),
        (all) => all.length === 1,
      );
      expect(repaired.detail).toMatchObject({ metadata: { id: 'big' }, data });
    }
  });

  it('publishes what the items still carry, when the stream has forgotten the changes', async () => {
    await app.purge('Published');
    const time = '2026-01-02T03:04:05.000Z';
    const data = { orderId: 'forgotten', state: 'placed' };
    const details = {
      name: 'OrderChanged',
      version: 1,
      source: 'orders',
      key: 'forgotten',
      correlationId: 'c',
    };
    await app.put('Orders', { orderId: 'forgotten', event: { ...details, id: 'f', time, data } });
    await eventually(
      () => app.take('Published'),
      (all) => all.length === 1,
    );
    const functionArn = app.output('OutboxFunction');
    const batch = {
      streamArn: app.output('OrdersStream'),
      shardId: 'shardId-of-last-week',
      startSequenceNumber: '1',
      endSequenceNumber: '2',
      approximateArrivalOfFirstRecord: '2026-01-02T03:05:00Z',
      approximateArrivalOfLastRecord: '2026-01-02T03:06:00Z',
    };
    await app.send('OutboxFailures', [{ requestContext: { functionArn }, DDBStreamBatchInfo: batch }]);
    const { code, output } = await app.redrive('Messaging/Outbox');
    expect(output).toContain('published 1 events of that time from the items of the table');
    expect(code).toBe(0);
    const [again] = await eventually(
      () => app.take('Published'),
      (all) => all.length === 1,
    );
    expect(again.detail).toMatchObject({ metadata: { id: 'f', time }, data });
  });

  it('lets a consumer keep the newest, whatever comes first', async () => {
    await eventually(
      () => app.item('Views', { orderId: 'x' }),
      (view) => view?.state === 'delivered',
    );
    const older = {
      metadata: { id: 'older', version: 1, sequence: 2, correlationId: 'c', time: '' },
      data: { orderId: 'x', state: 'paid' },
    };
    await app.send('Shown', [{ source: 'orders', 'detail-type': 'OrderChanged', detail: older }]);
    await eventually(
      () => app.count('Shown'),
      (count) => count === 0,
    );
    expect(await app.item('Views', { orderId: 'x' })).toMatchObject({ state: 'delivered', sequence: 5 });
  });
});

describe('the check whether an Outbox reads its stream', () => {
  const check = async () => {
    const sfn = new SFNClient({ ...localClientConfig(app.cloud), disableHostPrefix: true });
    const { status, error, cause } = await sfn.send(
      new StartSyncExecutionCommand({ stateMachineArn: app.output('OutboxCheck') }),
    );
    return { status, error, cause };
  };
  const enable = (Enabled: boolean) =>
    app.lambda.send(new UpdateEventSourceMappingCommand({ UUID: app.output('OutboxSource'), Enabled }));

  it('fails as long as its event source is disabled, and events wait meanwhile', async () => {
    expect(await check()).toEqual({ status: 'SUCCEEDED' });
    await enable(false);
    await app.purge('Published');
    await app.invoke('Writer', { orderId: 'unread', states: ['placed'] });
    expect(await check()).toEqual({
      status: 'FAILED',
      error: 'StreamNotRead',
      cause: expect.stringMatching(
        /^The event source mapping is Disabled, the result of its last attempt is: /,
      ),
    });
    expect(await app.bodies('Published')).toEqual([]);
    await enable(true);
    await eventually(
      () => app.bodies('Published'),
      (bodies) => bodies.length === 1,
    );
    expect(await check()).toEqual({ status: 'SUCCEEDED' });
  });
});

describe('a CronJob', () => {
  const run = (scheduledTime: string) => app.invoke('Nightly', { scheduledTime });
  const slow = ['2002-01-01T00:00:00.000Z', '2002-01-02T00:00:00.000Z'] as const;

  it('does not overlap: a second run fails while the first one lasts, and can be done after', async () => {
    const first = run(slow[0]);
    await eventually(
      () => app.log(`job ${slow[0]}`),
      (rows) => rows.length === 1,
    );
    await expect(run(slow[1])).rejects.toThrow('The run of 2002-01-02T00:00:00.000Z was not started');
    await first;
    await run(slow[1]);
    expect(await app.log(`job ${slow[1]}`)).toHaveLength(1);
  });

  it('runs once for a time, although its schedule may fire twice', async () => {
    await run(slow[0]);
    expect(await app.log(`job ${slow[0]}`)).toHaveLength(1);
  });

  it('is tried three times, and then lies with its error in the queue', async () => {
    const scheduledTime = '2001-01-01T00:00:00.000Z';
    await app.lambda.send(
      new InvokeCommand({
        FunctionName: app.output('Nightly'),
        InvocationType: 'Event',
        Payload: JSON.stringify({ scheduledTime }),
      }),
    );
    const [failure] = await eventually(
      () => app.bodies('NightlyFailures'),
      (all) => all.length === 1,
    );
    expect(failure).toMatchObject({
      requestPayload: { scheduledTime },
      responsePayload: { errorMessage: 'This run fails' },
    });
    expect(await app.log(`job ${scheduledTime}`)).toHaveLength(3);
  });

  it('is run by its schedule, each minute here, and gets the time when it was due', async () => {
    const [row] = await eventually(
      () => app.log('job of its schedule'),
      (rows) => rows.length > 0,
      110,
    );
    expect(Math.abs(Date.now() - Date.parse(row?.time))).toBeLessThan(5 * 60_000);
  });
});

describe('trellis redrive', () => {
  it('leaves a message without a source, until a target is given', async () => {
    await app.send('OnChangedFailures', [{ orderId: 'o-5' }]);
    const queue = app.output('OnChangedFailures').split('/').at(-1) as string;
    const refused = await app.redrive(queue);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /0 redriven, 1 left\n.*it does not name its target.*\n1 message could not be redriven and is still in the queue\.\n$/,
    );
    const account = 'us-east-1:000000000000';
    const to = `arn:aws:sqs:${account}:${app.output('Published').split('/').at(-1)}`;
    await app.purge('Published');
    expect(await app.redrive(queue, '--to', to)).toMatchObject({ code: 0 });
    expect(await app.bodies('Published')).toEqual([{ orderId: 'o-5' }]);
  });

  it('sends nothing to a target that does not belong to the queue, even if a message names it', async () => {
    await app.send('OnChangedFailures', [
      {
        requestContext: { functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:evil' },
        requestPayload: {},
      },
    ]);
    const { code, output } = await app.redrive('Messaging/Events/OrderChanged');
    expect(code).toBe(1);
    expect(output).toMatch(/Possible targets:\n {2}arn:aws:lambda:.*:function:Messaging-EventsOrderChanged/);
    expect(output).toContain(
      'its target is arn:aws:lambda:us-east-1:000000000000:function:evil, which does not',
    );
    await app.purge('OnChangedFailures');
  });

  it('reports the given name when nothing has it', async () => {
    expect(await app.redrive('Messaging/Nothing')).toMatchObject({
      code: 1,
      output: expect.stringContaining('got "Messaging/Nothing": no queue has this name'),
    });
    expect(await app.redrive('Messaging/Tasks', '--target', 'aws')).toMatchObject({
      code: 1,
      output: expect.stringContaining('`--target aws` requires `--profile NAME`'),
    });
  });
});

it('the check of an Outbox fails when its event source was deleted', async () => {
  await app.lambda.send(new DeleteEventSourceMappingCommand({ UUID: app.output('OutboxSource') }));
  const sfn = new SFNClient({ ...localClientConfig(app.cloud), disableHostPrefix: true });
  expect(
    await sfn.send(new StartSyncExecutionCommand({ stateMachineArn: app.output('OutboxCheck') })),
  ).toMatchObject({ status: 'FAILED', error: 'Lambda.ResourceNotFoundException' });
});

it('has done all this without a call that IAM denied', () => {
  expect(app.cloud.denials()).toEqual([]);
});
