import type { AwsClientStub, mockClient } from 'aws-sdk-client-mock';
import { IdempotencyResultNotKeptError } from '../runtime/idempotency/idempotency-errors.js';
import { keep } from '../runtime/idempotency/kept-result.js';
import { assertKey } from '../runtime/needs/idempotency.js';
import type { Need, Needs } from '../runtime/needs/need.js';
import { peer } from './peer.js';

/** What a need gives its handler, with a mock of the SDK's client in it. */
type Fake<Client> = Client extends { readonly client: infer Sdk }
  ? Client & { readonly mock: AwsClientStub<Sdk> }
  : Client;

/** The fakes of a handler's needs. */
export type Fakes<N extends Needs> = {
  readonly [Name in keyof N]: N[Name] extends Need<string, string, infer Client> ? Fake<Client> : never;
};

/** What stands for a need: a secret's or parameter's text, a function's answer, or what the handler gets itself. */
type Given<N> =
  N extends Need<infer Kind, string, infer Client>
    ? Kind extends 'secret' | 'parameter'
      ? string | Client
      : Client extends { call(event: infer Event): Promise<infer Reply> }
        ? ((event: Event) => Reply | Promise<Reply>) | Client
        : Client extends { readonly functionName: string; send(event: infer Event): Promise<void> }
          ? ((event: Event) => void | Promise<void>) | Client
          : Client
    : never;

/** Needs that no mock of the SDK can stand for. */
type Silent<N extends Needs> = {
  [Name in keyof N]: N[Name] extends Need<infer Kind, string, infer Client>
    ? Client extends { readonly client: unknown }
      ? never
      : Kind extends 'idempotency'
        ? never
        : Name
    : never;
}[keyof N];

type Own<N extends Needs> = { readonly [Name in Silent<N>]: Given<N[Name]> } & {
  readonly [Name in Exclude<keyof N, Silent<N>>]?: Given<N[Name]>;
};

/**
 * Stands for everything that a handler needs, so that a unit test can call it: `handler.with(fakes(handler))`.
 *
 * Needs of AWS resources are what they are in Lambda, with a name of their own (that of the need) and with a `mock` of
 * their client, from [aws-sdk-client-mock](https://github.com/m-radzikowski/aws-sdk-client-mock): say by it what a
 * command answers, and ask it which were sent. Needs of one kind share a client in a process, and so a mock, which each
 * call of `fakes` resets. A command of which nothing is said fails with its name.
 *
 * @param own what no mock can stand for: texts of secrets and parameters, answers of functions, values. It may
 *   replace the others, too. `idempotency()` does its work every time unless it is given here, and returns the
 *   result in the form in which it is remembered
 * @throws Error when aws-sdk-client-mock is not installed, or something is neither known nor given. `run` of
 *   `idempotency()` throws an IdempotencyResultNotKeptError for a result that cannot be remembered: in Lambda the first
 *   call would return it, and a repetition throw
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
  ...[own]: Silent<N> extends never ? [own?: Own<N>] : [own: Own<N>]
): Fakes<N> {
  const given = (own ?? {}) as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).filter((name) => !(name in handler.needs));
  const errors = unknown.map((name) => `${name} is given, which the handler does not need`);
  const made: Record<string, unknown> = {};
  for (const [name, need] of Object.entries(handler.needs)) {
    const fake = name in given ? fromGiven(name, need, given[name]) : fromSdk(name, need);
    if (fake === undefined)
      errors.push(`${name} must be given: no mock can stand for a need of the kind ${need.kind}`);
    made[name] = fake;
  }
  if (errors.length > 0) {
    throw new Error(
      `${errors.join('\n')}\nCall \`fakes(handler, { ${Object.keys(handler.needs).join(', ')} })\``,
    );
  }
  return made as Fakes<N>;
}

function fromGiven(name: string, { kind, access }: Need, value: unknown): unknown {
  if (kind === 'secret' && typeof value === 'string') return { secretArn: name, value: async () => value };
  if (kind === 'parameter' && typeof value === 'string')
    return { parameterName: name, value: async () => value };
  if (kind === 'invoke' && typeof value === 'function') {
    return {
      functionName: name,
      [access]: async (event: unknown) => value(event),
      dryRun: async () => undefined,
    };
  }
  return value;
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
  if (['text', 'number', 'secret', 'parameter', 'invoke'].includes(need.kind)) return undefined;
  const connected = need.connect(name) as { readonly client?: object };
  const { client } = connected;
  if (!client) return undefined;
  return { ...connected, mock: (mockOf(client) as { reset(): unknown }).reset() };
}

/** One client serves all needs of a kind in a process: there is one mock of it, too. */
const mocks = new WeakMap<object, AwsClientStub<unknown>>();

function mockOf(client: object): AwsClientStub<unknown> {
  const known = mocks.get(client);
  if (known) return known;
  const sdk = peer<{ mockClient: typeof mockClient }>('aws-sdk-client-mock', 'fakes');
  const mock = sdk.mockClient(client as Parameters<typeof mockClient>[0]);
  const { reset } = mock;
  mock.reset = () => {
    reset.call(mock);
    mock.send.callsFake(refuse);
    return mock;
  };
  mocks.set(client, mock as AwsClientStub<unknown>);
  return mock as AwsClientStub<unknown>;
}

async function refuse(command: object): Promise<never> {
  const { name } = command.constructor;
  throw new Error(`Nothing is said of what ${name} answers: \`mock.on(${name}).resolves({ ... })\``);
}
