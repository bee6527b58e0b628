import { forEachConcurrently } from '../../../lib/site/content/concurrency.js';

const later = () => new Promise((resolve) => setTimeout(resolve, 1));

it('never has more bytes in progress than allowed, unless one item alone is larger', async () => {
  const sizes = [10, 90, 30, 500, 20, 20, 20, 20, 20, 60];
  let [bytes, max] = [0, 0];
  const exceeding: number[] = [];
  await forEachConcurrently(
    sizes.map((size) => ({ size })),
    100,
    async ({ size }) => {
      bytes += size;
      max = Math.max(max, size > 100 ? 0 : bytes);
      if (bytes > 100) exceeding.push(bytes);
      await later();
      bytes -= size;
    },
  );
  expect([max, exceeding]).toEqual([100, [500]]);
});

it('starts no item after a failure, and reports it when all in progress have ended', async () => {
  const done: number[] = [];
  const items = Array.from({ length: 100 }, (_, index) => ({ index, size: 1 }));
  const work = async ({ index }: { index: number }) => {
    await later();
    if (index === 3) throw new Error('no space');
    done.push(index);
  };
  await expect(forEachConcurrently(items, 8, work)).rejects.toThrow('no space');
  const count = done.length;
  await later();
  expect([done.length, count < 20]).toEqual([count, true]);
});
