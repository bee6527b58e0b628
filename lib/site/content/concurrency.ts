/** Items processed at the same time. */
const MAX_ITEMS = 16;

/**
 * Processes items concurrently, as many as fit into a size; an item that exceeds it is processed alone. Starts no
 * further item after a failure.
 *
 * @param maxSize the sum of the sizes of items in progress
 * @throws the first failure, when all items in progress have ended
 */
export async function forEachConcurrently<T extends { readonly size: number }>(
  items: readonly T[],
  maxSize: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const running = new Set<Promise<void>>();
  let total = 0;
  for (const item of items) {
    while (running.size >= MAX_ITEMS || (running.size > 0 && total + item.size > maxSize)) {
      await Promise.race(running);
    }
    if (failures.length > 0) break;
    total += item.size;
    const task = work(item)
      .catch((error) => void failures.push(error))
      .finally(() => {
        total -= item.size;
        running.delete(task);
      });
    running.add(task);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
