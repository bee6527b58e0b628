import type { AwsClientStub, mockClient } from 'aws-sdk-client-mock';
import { IdempotencyResultNotKeptError } from '../runtime/idempotency/idempotency-errors.js';
import { keep } from '../runtime/idempotency/kept-result.js';
import { assertKey } from '../runtime/idempotency/key.js';
import type { Need, Needs } from '../runtime/needs/need.js';
import { peer } from './peer.js';

/** Client of a need, with a mock of its SDK client. */
type Fake<Client> = Client extends { readonly client: infer Sdk }
  ? Client & { readonly mock: AwsClientStub<Sdk> }
  : Client;

/** Fakes of a handler's needs. */
export type Fakes<N extends Needs> = {
  readonly [Name in keyof N]: N[Name] extends Need<string, string, infer Client> ? Fake<Client> : never;
};

/** Client with a value to fetch, as of a secret. */
type HasValue = { value(...options: never): Promise<string> };

/**
 * Fake of a need: the text of one that has a `value()`, an implementation of an invoked function, or the client itself.
 */
type FakeValue<N> =
  N extends Need<string, string, infer Client>
    ? Client extends HasValue
      ? string | Client
      : Client extends { call(event: infer Event): Promise<infer Result> }
        ? ((event: Event) => Result | Promise<Result>) | Client
        : Client extends { readonly functionName: string; send(event: infer Event): Promise<void> }
          ? ((event: Event) => void | Promise<void>) | Client
          : Client
    : never;

/** Needs without an SDK client to mock, whose fakes are required. */
type Unmockable<N extends Needs> = {
  [Name in keyof N]: N[Name] extends Need<infer Kind, string, infer Client>
    ? Client extends { readonly client: unknown }
      ? never
      : Kind extends 'idempotency'
        ? never
        : Name
    : never;
}[keyof N];

type Overrides<N extends Needs> = { readonly [Name in Unmockable<N>]: FakeValue<N[Name]> } & {
  readonly [Name in Exclude<keyof N, Unmockable<N>>]?: FakeValue<N[Name]>;
};

/**
 * Creates fakes of a handler's needs for unit tests: `handler.with(fakes(handler))`.
 *
 * Needs of AWS resources have their usual client, the need's name as the resource name, and a `mock` of the client from
 * [aws-sdk-client-mock](https://github.com/m-radzikowski/aws-sdk-client-mock), which defines responses of commands and
 * records sent commands. Needs of one kind share a client in a process, and so a mock, which each call of `fakes` resets.
 * A command without a mocked response fails with its name.
 *
 * @param overrides fakes of needs without an SDK client: texts of secrets and parameters, implementations of invoked
 *   functions, values. They may replace the other fakes, too. Without an override `idempotency()` runs its work every
 *   time, and returns the result in its stored form
 * @throws Error when aws-sdk-client-mock is not installed, an override is unknown, or a required one is missing. `run` of
 *   `idempotency()` throws an IdempotencyResultNotKeptError for a result that cannot be stored: in Lambda the first call
 *   would return it, and a repeated one would throw
 * @example
 * import { PutCommand } from '@aws-sdk/lib-dynamodb';
 * import { fakes, runHandler } from 'cdk-trellis/testing';
 * import { handler } from '../lambda/place.js';
 *
 * const bind = fakes(handler);
 * bind.orders.mock.on(PutCommand, { TableName: 'orders' }).resolves({});
 * await runHandler(handler, { event: { orderId: '1' }, bind });
 * bind.orders.mock.commandCalls(PutCommand).length; // 1
 */
export function fakes<N extends Needs>(
  handler: { readonly needs: N },
  ...[overrides]: Unmockable<N> extends never ? [overrides?: Overrides<N>] : [overrides: Overrides<N>]
): Fakes<N> {
  const values = (overrides ?? {}) as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(values).filter((name) => !(name in handler.needs));
  const errors = unknown.map((name) => `${name} is not a need of the handler`);
  const result: Record<string, unknown> = {};
  for (const [name, need] of Object.entries(handler.needs)) {
    const fake = name in values ? fromValue(name, need, values[name]) : fromSdk(name, need);
    if (fake === undefined)
      errors.push(`${name} is required: needs of the kind ${need.kind} have no default fake`);
    result[name] = fake;
  }
  if (errors.length > 0) {
    throw new Error(
      `${errors.join('\n')}\nCall \`fakes(handler, { ${Object.keys(handler.needs).join(', ')} })\``,
    );
  }
  return result as Fakes<N>;
}

/** Replaces the `value()` of a client by a text, or the method of its access by a function. */
function fromValue(name: string, need: Need, value: unknown): unknown {
  if (isPlain(need) || (typeof value !== 'string' && typeof value !== 'function')) return value;
  const client = need.connect(name) as Readonly<Record<string, unknown>>;
  const faked = typeof value === 'string' ? 'value' : need.access;
  if (typeof client[faked] !== 'function') return value;
  const fake =
    typeof value === 'string' ? async () => value : async (...events: unknown[]) => value(...events);
  // The other methods would call AWS.
  const others = Object.entries(client).map(([key, member]) => [
    key,
    typeof member === 'function' ? async () => undefined : member,
  ]);
  return { ...Object.fromEntries(others), [faked]: fake };
}

/** Returns true for needs whose kind is their only access: their clients are values, or need no service. */
function isPlain({ kind, access }: Need): boolean {
  return kind === access;
}

function fromSdk(name: string, need: Need): unknown {
  if (need.kind === 'idempotency') {
    return {
      tableName: name,
      run: async (key: string, work: () => Promise<unknown>) => {
        assertKey(key);
        const kept = keep(await work());
        if ('reason' in kept) throw new IdempotencyResultNotKeptError(key, kept.reason);
        return kept.value();
      },
    };
  }
  if (isPlain(need)) return undefined;
  const connected = need.connect(name) as { readonly client?: object };
  const { client } = connected;
  if (!client) return undefined;
  return { ...connected, mock: (mockOf(client) as { reset(): unknown }).reset() };
}

/** Mocks by client: all needs of a kind share a client in a process. */
const mocks = new WeakMap<object, AwsClientStub<unknown>>();

function mockOf(client: object): AwsClientStub<unknown> {
  const cached = mocks.get(client);
  if (cached) return cached;
  const sdk = peer<{ mockClient: typeof mockClient }>('aws-sdk-client-mock', 'fakes');
  const mock = sdk.mockClient(client as Parameters<typeof mockClient>[0]);
  const { reset } = mock;
  mock.reset = () => {
    reset.call(mock);
    mock.send.callsFake(rejectUnmocked);
    return mock;
  };
  mocks.set(client, mock as AwsClientStub<unknown>);
  return mock as AwsClientStub<unknown>;
}

async function rejectUnmocked(command: object): Promise<never> {
  const { name } = command.constructor;
  throw new Error(`No response is mocked for ${name}. Add \`mock.on(${name}).resolves({ ... })\`.`);
}
