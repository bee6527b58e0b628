import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL = 100;
/** Less than the time limit of a test, so that the error with the last value is what a failure shows. */
const DEFAULT_SECONDS = 100;

/** Reads until the value is as expected. @throws Error with the last value after the time limit */
export async function eventually<Value>(
  read: () => Value | Promise<Value>,
  isExpected: (value: Value) => boolean,
  seconds = DEFAULT_SECONDS,
): Promise<Value> {
  for (const deadline = Date.now() + seconds * 1000; ; ) {
    const value = await read();
    if (isExpected(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`Not as expected after ${seconds} s: ${JSON.stringify(value, null, 1)}`);
    await sleep(INTERVAL);
  }
}

/** Reads until there is a value. @throws Error after the time limit */
export async function until<Value>(read: () => Promise<Value | undefined>): Promise<Value> {
  return (await eventually(read, (value) => value !== undefined)) as Value;
}
