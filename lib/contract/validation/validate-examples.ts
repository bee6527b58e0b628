import type * as z from 'zod';
import { strict } from '../strict.js';

/** Returns the errors of examples that do not match the schema. */
export function validateExamples(
  place: string,
  examples: Readonly<Record<string, unknown>> | undefined,
  schema: z.ZodType | undefined,
): string[] {
  if (!examples) return [];
  if (!schema) return [`\`${place}\` requires a JSON body`];
  const check = strict(schema);
  return Object.entries(examples).flatMap(([name, value]) => {
    const issues = check.safeParse(value).error?.issues ?? [];
    return issues.map(({ path, message }) => {
      const value = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
      return `\`${place}.${name}${value}\` does not match the schema: ${message}`;
    });
  });
}
