import type { Duration } from 'aws-cdk-lib/core';

/** What the compiler tells users of TypeScript: a number says nothing of its unit. */
export function validateDurations(given: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(given)
    .filter(([, value]) => value !== undefined && !isDuration(value))
    .map(
      ([name, value]) =>
        `\`${name}\` must be a Duration, as in \`Duration.seconds(30)\`, got ${typeof value === 'string' ? `"${value}"` : value}`,
    );
}

function isDuration(value: unknown): boolean {
  return typeof (value as Duration | null)?.toSeconds === 'function';
}
