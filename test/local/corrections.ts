import { Emulator } from './emulator.js';

export interface Pair {
  readonly corrected: Emulator;
  /** MiniStack as it is. */
  readonly plain: Emulator;
}

/** Starts an emulator with the corrections and one without those named. */
export function pairOfEmulators(without: readonly string[]): Pair {
  const pair = {} as { corrected: Emulator; plain: Emulator };
  beforeAll(async () => {
    [pair.corrected, pair.plain] = [await Emulator.start(), await Emulator.start(without)];
  });
  afterAll(() => Promise.all([pair.corrected?.stop(), pair.plain?.stop()]));
  return pair;
}

/**
 * A correction holds when what is observed is what AWS does; it is needed as long as MiniStack alone does
 * something else. When the second test fails after an upgrade, the correction can go.
 */
export function correction(
  pair: Pair,
  name: string,
  behaviour: string,
  observe: (emulator: Emulator) => Promise<unknown>,
  aws: unknown,
): void {
  describe(name, () => {
    it(behaviour, async () => {
      expect(await observe(pair.corrected)).toEqual(aws);
    });
    it('is still needed', async () => {
      const observed = await observe(pair.plain).catch((error: Error) => error);
      expect(observed).not.toEqual(aws);
    });
  });
}
