import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyResultNotKeptError,
  idempotency,
} from 'cdk-trellis/runtime';
import { invoked } from '../../lib/runtime/invocation.js';
import { lambdaContext } from '../../lib/testing/lambda-context.js';
import { behavesIdempotently } from '../http/idempotent-behaviour.js';
import { clientOf, services, shop } from '../http/idempotent-service.js';
import { Emulator } from './emulator.js';

const TableName = 'Done';
let emulator: Emulator;
let dynamo: DynamoDBClient;

beforeAll(async () => {
  emulator = await Emulator.start();
  const { endpoint, region, credentials } = emulator.client;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // What `Api` gives the function of an operation.
    RESPONSES_IDEMPOTENCY: TableName,
    API_CLIENT_IDS: 'client-1',
  });
  dynamo = new DynamoDBClient(emulator.client);
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
});
afterAll(() => emulator.stop());

const client = idempotency().connect(TableName);

/** The items of keys, by the hash that Powertools has for them. */
const IDS = { old: 'local#QbF/PmKtfjANte5YJbnJCw==', crashed: 'local#gmEJE1cyhzFtvDPWP1ECDg==' };

async function item(id: string) {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
  return Item && unmarshall(Item);
}

/** Creates work that ends when the test ends it. */
function held<Result>() {
  let end!: (result: Result) => void;
  const result = new Promise<Result>((resolve) => {
    end = resolve;
  });
  return { work: () => result, end };
}

const quick = async () => 'done';

class Money {
  constructor(
    readonly amount: number,
    readonly currency: string,
  ) {}

  doubled(): Money {
    return new Money(2 * this.amount, this.currency);
  }
}

describe('work that is done once', () => {
  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a date', () => ({ id: '1', at: new Date('2026-01-01T00:00:00Z') })],
    ['a property that is undefined', () => ({ id: '1', note: undefined })],
    ['a class instance', () => new Money(3, 'EUR')],
    ['a URL', () => new URL('https://example.com/a?b=c')],
    ['an error', () => Object.assign(new RangeError('too far', { cause: new Error('why') }), { code: 7 })],
    ['NaN', () => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]],
    ['a number over 2^53', () => ({ large: 2 ** 60, larger: 1e300, exact: 2n ** 70n })],
    ['an empty set', () => new Set()],
    ['a map', () => new Map<unknown, unknown>([[{ key: 1 }, new Set(['a', 2])]])],
    ['bytes', () => ({ buffer: Buffer.from('abc'), floats: new Float32Array([1.5]) })],
    ['a pattern', () => /a+/gi],
    [
      'names that mean something to JSON or JavaScript',
      () => JSON.parse('{"__proto__":{"a":1},"$":["Date",3]}'),
    ],
    [
      'what the SDK returns',
      () => ({ $metadata: { httpStatusCode: 200, cfId: undefined }, Item: { id: '1' } }),
    ],
    ['over 400 KB', () => 'x'.repeat(600_000)],
    ['an object that converts itself', () => ({ total: { toJSON: () => '12.50' } })],
  ])('returns %s the first time and every other time', async (name, make) => {
    let runs = 0;
    const run = () => client.run(`result ${name}`, async () => [++runs, make()]);
    const first = await run();
    const second = await run();
    expect(second).toStrictEqual(first);
    expect(await run()).toStrictEqual(first);
    expect(runs).toBe(1);
  });

  it('comes back as it was, and a class instance as its data', async () => {
    const at = new Date();
    const result = { at, tags: new Map([['a', new Set([1])]]), none: undefined, price: new Money(3, 'EUR') };
    const expected = { ...result, price: { amount: 3, currency: 'EUR' } };
    expect(await client.run('as it was', async () => result)).toStrictEqual(expected);
    expect(await client.run('as it was', async () => result)).toStrictEqual(expected);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a function', () => [() => 1], /`result\[0\]` is a function/],
    [
      'a stream',
      () => ({ Body: new Response('abc').body }),
      /`result\.Body` is an instance of ReadableStream/,
    ],
    [
      'private state',
      () =>
        new (class Counter {
          #count = 1;
          next = () => this.#count;
          get count() {
            return this.#count;
          }
        })(),
      /an instance of Counter/,
    ],
    [
      'a circle',
      () => {
        const all: unknown[] = [];
        all.push(all);
        return all;
      },
      /`result\[0\]` is a reference to an object that contains it/,
    ],
    [
      'too much',
      () => Array.from({ length: 60_000 }, () => Math.random()),
      /it has \d+ bytes when compressed, and at most 399360 can be recorded/,
    ],
  ])(
    'is not repeated when %s cannot be kept: a repetition fails with the reason',
    async (name, make, reason) => {
      const made = make();
      let runs = 0;
      const run = () =>
        client.run(`unkept ${name}`, async () => {
          runs += 1;
          return made;
        });
      const logged = jest.spyOn(console, 'warn').mockImplementation();
      expect(await run()).toEqual(made);
      expect(String(logged.mock.calls)).toContain('was not recorded: a repetition gets an error instead');
      logged.mockRestore();
      const repeated = run();
      await expect(repeated).rejects.toBeInstanceOf(IdempotencyResultNotKeptError);
      await expect(repeated).rejects.toThrow(reason);
      expect(runs).toBe(1);
    },
  );

  it('may be done again after it failed', async () => {
    const fails = async () => {
      throw new RangeError('not now');
    };
    await expect(client.run('fails', fails)).rejects.toThrow('not now');
    expect(await client.run('fails', quick)).toBe('done');
  });

  it('is done by one of many that ask at once', async () => {
    let runs = 0;
    const { work, end } = held<string>();
    const asked = Array.from({ length: 8 }, () =>
      client.run('at once', () => {
        runs += 1;
        return work();
      }),
    );
    const outcomes = Promise.allSettled(asked);
    await new Promise<void>((resolve) => {
      let refused = 0;
      for (const one of asked) one.catch(() => ++refused === 7 && resolve());
    });
    end('done');
    const settled = await outcomes;
    expect(settled.filter(({ status }) => status === 'fulfilled')).toEqual([
      { status: 'fulfilled', value: 'done' },
    ]);
    for (const one of settled) {
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(IdempotencyAlreadyInProgressError);
    }
    expect(runs).toBe(1);
  });
});

describe('a lease', () => {
  it('ends with the time of its invocation, which the library knows', async () => {
    const { work, end } = held<string>();
    const context = lambdaContext({ remainingMilliseconds: 3000 });
    const before = Date.now();
    const running = invoked(context, undefined, () => client.run('old', work));
    await expect(client.run('old', quick)).rejects.toThrow(/key "old" is in progress.* free in [1-4] s/);
    const { in_progress_expiration: until } = (await item(IDS.old))!;
    expect(until - before).toBeGreaterThanOrEqual(3000);
    expect(until - before).toBeLessThan(20_000);
    end('done');
    expect(await running).toBe('done');
  });

  it('that is not renewed frees the key: of two runs the one that finishes first wins', async () => {
    const { work, end } = held<string>();
    const crashed = client.run('crashed', work);
    await expect(client.run('crashed', quick)).rejects.toBeInstanceOf(IdempotencyAlreadyInProgressError);
    const { in_progress_expiration: until } = (await item(IDS.crashed))!;
    expect(until).toBeLessThanOrEqual(Date.now() + 45_000);
    await dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: { id: { S: IDS.crashed } },
        UpdateExpression: 'SET in_progress_expiration = :past',
        ExpressionAttributeValues: { ':past': { N: String(Date.now() - 1) } },
      }),
    );
    expect(await client.run('crashed', async () => 'second')).toBe('second');
    end('first');
    expect(await crashed).toBe('second');
    expect(await client.run('crashed', quick)).toBe('second');
  });
});

describe('an item of a former version', () => {
  const put = (Item: object) => dynamo.send(new PutItemCommand({ TableName, Item: marshall(Item) }));
  const seconds = () => Math.floor(Date.now() / 1000);
  const TWO_DAYS = 172_800;

  it('counts as done, with its result', async () => {
    const done = { expiration: seconds() + TWO_DAYS, status: 'COMPLETED' };
    // As Powertools 2.35 wrote it for the key `former` of a function named local.
    await put({ ...done, id: 'local#Lxuvm526X3g3oz1v2glcgQ==', data: { orderId: 'o-1', total: 5 } });
    expect(await client.run('former', quick)).toEqual({ orderId: 'o-1', total: 5 });
    await put({ ...done, id: IDS.old });
    expect(await client.run('old', quick)).toBeUndefined();
  });

  it('in progress with an end holds until then, and one without until no invocation can live', async () => {
    const id = IDS.old;
    const base = { id, status: 'INPROGRESS' };
    await put({ ...base, expiration: seconds() + TWO_DAYS, in_progress_expiration: Date.now() + 60_000 });
    await expect(client.run('old', quick)).rejects.toBeInstanceOf(IdempotencyAlreadyInProgressError);
    await put({ ...base, expiration: seconds() + TWO_DAYS - 600 });
    await expect(client.run('old', quick)).rejects.toBeInstanceOf(IdempotencyAlreadyInProgressError);
    await put({ ...base, expiration: seconds() + TWO_DAYS - 901 });
    expect(await client.run('old', quick)).toBe('done');
  });

  it('that has expired counts no more, although DynamoDB removes it days later', async () => {
    await put({ id: IDS.old, expiration: seconds() - 10, status: 'COMPLETED', data: 'old' });
    expect(await client.run('old', quick)).toBe('done');
  });
});

describe('an operation that is idempotent, with its table', () => {
  behavesIdempotently(services['deployed handlers']);

  const place = (item: string, idempotencyKey: string) =>
    clientOf(services['deployed handlers']()).place({
      params: { shop: 'a' },
      body: { item },
      idempotencyKey,
    });

  it('is not served again when its response could not be kept', async () => {
    const logged = jest.spyOn(console, 'warn').mockImplementation();
    shop.runs = 0;
    expect(await place('noise', 'noise-1')).toMatchObject({ status: 201 });
    expect(await place('noise', 'noise-1')).toMatchObject({
      status: 409,
      body: { type: 'urn:problem:idempotency-response-not-kept' },
    });
    expect(shop.runs).toBe(1);
    expect(String(logged.mock.calls)).toContain('The response was not recorded');
    logged.mockRestore();
  });

  it('that was cut off runs again when its lease has ended, with the same content only', async () => {
    shop.runs = 0;
    const cut = place('slow', 'cut-1');
    while (shop.runs === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const { Items } = await dynamo.send(
      new ScanCommand({
        TableName,
        FilterExpression: 'attribute_exists(validation) AND #status = :running',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':running': { S: 'INPROGRESS' } },
      }),
    );
    const [Item] = Items!;
    await dynamo.send(
      new PutItemCommand({ TableName, Item: { ...Item, in_progress_expiration: { N: '1' } } }),
    );
    expect(await place('lamp', 'cut-1')).toMatchObject({ status: 422 });
    const release = shop.release;
    const again = place('slow', 'cut-1');
    while (shop.runs === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    shop.release();
    const second = await again;
    expect(second).toMatchObject({ status: 201, body: { run: 2 } });
    // The run that finishes first wins: the other one sends its response.
    release();
    expect(await cut).toEqual(second);
  });
});
