import type * as z from 'zod';
import { field } from '../field-path.js';
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
    return issues.map(
      ({ path, message }) => `${field(place, name, ...path)} does not match the schema: ${message}`,
    );
  });
}
