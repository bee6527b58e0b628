import type { Use } from '../../lib/quotas/uses.js';

export { describeUse, exceeded, usesOf } from '../../lib/quotas/uses.js';

/** Of each quota the use that is nearest to its limit. */
export function nearest(uses: readonly Use[]): Use[] {
  const most = new Map<string, Use>();
  for (const use of uses) {
    if (use.amount > (most.get(use.name)?.amount ?? -1)) most.set(use.name, use);
  }
  return [...most.values()];
}
