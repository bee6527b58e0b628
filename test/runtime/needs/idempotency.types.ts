import type { IdempotencyClient, Remembered } from 'cdk-trellis/runtime';

function is<Expected>(value: Expected): Expected {
  return value;
}

class Money {
  constructor(readonly amount: number) {}
  doubled(): Money {
    return new Money(2 * this.amount);
  }
}

export async function returns(once: IdempotencyClient): Promise<void> {
  const made = await once.run('key', async () => ({
    id: '1' as const,
    at: new Date(),
    price: new Money(3),
    tags: new Map([['a', new Set([1n])]]),
    bytes: Buffer.from('a'),
    total: { toJSON: () => 5 },
    note: undefined as string | undefined,
  }));
  is<'1'>(made.id);
  is<Date>(made.at);
  is<number>(made.price.amount);
  is<Set<bigint> | undefined>(made.tags.get('a'));
  is<Uint8Array>(made.bytes);
  is<number>(made.total);
  is<string | undefined>(made.note);
  // @ts-expect-error methods do not come back
  made.price.doubled();
  // @ts-expect-error a Buffer comes back as a Uint8Array
  made.bytes.readInt8(0);

  is<void>(await once.run('key', async () => {}));
  is<never>(await once.run('key', async () => () => 1));
  const { Body } = await once.run('key', async () => ({ Body: new ReadableStream() }));
  is<never>(Body);
  const failure = await once.run('key', async () => Object.assign(new RangeError('a'), { code: 7 }));
  is<Error>(failure);
  is<number>(failure.code);
}

export function generic<T>(value: Remembered<T>): Remembered<T> {
  return value;
}
