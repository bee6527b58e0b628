import { isBinary } from '../body.js';
import type { Method, Operation } from '../operation.js';

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies Method[];

/** Returns the type errors of an operation, which the compiler reports in TypeScript but not in JavaScript. */
export function validateShape(operation: Operation): string[] {
  if (!isObject(operation)) {
    return [
      `the operation must be an object like \`{ method: 'GET', path: '/orders', ... }\`, got ${describeValue(operation)}`,
    ];
  }
  const { method, path, params, query, headers, body, responses, errors } = operation;
  const shapeErrors: string[] = [];
  if (!METHODS.includes(method))
    shapeErrors.push(`\`method\` must be one of ${METHODS.join(', ')}, got ${describeValue(method)}`);
  if (typeof path !== 'string')
    shapeErrors.push(`\`path\` must be a text like /orders/{orderId}, got ${describeValue(path)}`);
  for (const [name, schema] of Object.entries({ params, query, headers })) {
    if (schema !== undefined && !isSchema(schema)) {
      shapeErrors.push(
        `\`${name}\` must be a zod schema like \`z.object({ ... })\`, got ${describeValue(schema)}`,
      );
    }
  }
  if (body !== undefined && !isSchema(body) && !(isObject(body) && isBinary(body))) {
    shapeErrors.push(
      `\`body\` must be a zod schema like \`z.object({ ... })\`, or \`binary(...)\`, got ${describeValue(body)}`,
    );
  }
  if (!isObject(responses)) {
    shapeErrors.push(
      `\`responses\` must have responses by status, like \`{ 200: Order }\`, got ${describeValue(responses)}`,
    );
  }
  if (errors !== undefined && !Array.isArray(errors)) {
    shapeErrors.push(
      `\`errors\` must be a list of problems of \`defineProblem\`, got ${describeValue(errors)}`,
    );
  }
  return shapeErrors;
}

export function isSchema(value: unknown): boolean {
  return isObject(value) && '_zod' in value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Returns a value as messages show it: quoted texts, the keys of objects. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null)
    return `an object with ${Object.keys(value).join(', ') || 'no keys'}`;
  return typeof value === 'function' ? 'a function' : String(value);
}
