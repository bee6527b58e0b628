import type { Duration } from 'aws-cdk-lib/core';

/** Rejects values that are not Durations, for users of JavaScript: a number has no unit. */
export function validateDurations(durations: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(durations)
    .filter(([, value]) => value !== undefined && !isDuration(value))
    .map(
      ([name, value]) =>
        `\`${name}\` must be a Duration, as in \`Duration.seconds(30)\`, got ${typeof value === 'string' ? `"${value}"` : value}`,
    );
}

function isDuration(value: unknown): boolean {
  return typeof (value as Duration | null)?.toSeconds === 'function';
}
