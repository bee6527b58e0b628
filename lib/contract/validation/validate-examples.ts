import type * as z from 'zod';
import { strict } from '../strict.js';

/** Which examples are none, each with where it breaks the schema. */
export function validateExamples(
  place: string,
  examples: Readonly<Record<string, unknown>> | undefined,
  schema: z.ZodType | undefined,
): string[] {
  if (!examples) return [];
  if (!schema) return [`\`${place}\` is for JSON bodies, and there is none`];
  const check = strict(schema);
  return Object.entries(examples).flatMap(([name, value]) => {
    const issues = check.safeParse(value).error?.issues ?? [];
    return issues.map(({ path, message }) => {
      const where = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
      return `\`${place}\` has "${name}", which breaks the schema at ${where || 'its top'}: ${message}`;
    });
  });
}
