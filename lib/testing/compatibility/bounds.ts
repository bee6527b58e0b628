import type { Keywords } from './schema-form.js';

/** Returns the reason why a number of schema `a` may violate the bounds or steps of `b`. */
export function numbers(a: Keywords, b: Keywords, path: string): string | undefined {
  const step = b.multipleOf as number | undefined;
  const currentStep = a.multipleOf ?? (a.type === 'integer' ? 1 : undefined);
  if (step !== undefined && !(typeof currentStep === 'number' && Number.isInteger(currentStep / step))) {
    return `${path}: must be a multiple of ${step}`;
  }
  const [low, high] = [
    Math.max(limit(a.minimum, -Infinity), limit(a.exclusiveMinimum, -Infinity)),
    Math.min(limit(a.maximum, Infinity), limit(a.exclusiveMaximum, Infinity)),
  ];
  if (limit(b.minimum, -Infinity) > low) return `${path}: must be at least ${b.minimum}`;
  if (limit(b.maximum, Infinity) < high) return `${path}: must be at most ${b.maximum}`;
  const [above, below] = [limit(b.exclusiveMinimum, -Infinity), limit(b.exclusiveMaximum, Infinity)];
  if (above > low || (above === low && above > -Infinity && a.exclusiveMinimum !== above))
    return `${path}: must be more than ${above}`;
  if (below < high || (below === high && below < Infinity && a.exclusiveMaximum !== below))
    return `${path}: must be less than ${below}`;
  return undefined;
}

const limit = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);

/** Returns the reason why a size of schema `a` may be below the minimum of `b`. */
export function atLeast(a: Keywords, b: Keywords, keyword: string, path: string): string | undefined {
  return limit(b[keyword], 0) > limit(a[keyword], 0)
    ? `${path}: \`${keyword}\` became ${b[keyword]}`
    : undefined;
}

/** Returns the reason why a size of schema `a` may exceed the maximum of `b`. */
export function atMost(a: Keywords, b: Keywords, keyword: string, path: string): string | undefined {
  const [before, after] = [limit(a[keyword], Infinity), limit(b[keyword], Infinity)];
  return after < before ? `${path}: \`${keyword}\` became ${after}` : undefined;
}
