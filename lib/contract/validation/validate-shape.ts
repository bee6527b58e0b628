import { isBinary } from '../body.js';
import type { Method, Operation } from '../operation.js';

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies Method[];

/** What of an operation is not of the form that it must have: what the compiler tells users of TypeScript. */
export function validateShape(operation: Operation): string[] {
  if (!isObject(operation)) {
    return [
      `an operation must be an object, as in \`{ method: 'GET', path: '/orders', ... }\`, got ${shown(operation)}`,
    ];
  }
  const { method, path, params, query, headers, body, responses, errors } = operation;
  const found: string[] = [];
  if (!METHODS.includes(method))
    found.push(`\`method\` must be one of ${METHODS.join(', ')}, got ${shown(method)}`);
  if (typeof path !== 'string')
    found.push(`\`path\` must be a text like /orders/{orderId}, got ${shown(path)}`);
  for (const [name, schema] of Object.entries({ params, query, headers })) {
    if (schema !== undefined && !isSchema(schema)) {
      found.push(`\`${name}\` must be a schema of zod, as in \`z.object({ ... })\`, got ${shown(schema)}`);
    }
  }
  if (body !== undefined && !isSchema(body) && !(isObject(body) && isBinary(body))) {
    found.push(
      `\`body\` must be a schema of zod, as in \`z.object({ ... })\`, or \`binary(...)\`, got ${shown(body)}`,
    );
  }
  if (!isObject(responses)) {
    found.push(
      `\`responses\` must say what is answered by status, as in \`{ 200: Order }\`, got ${shown(responses)}`,
    );
  }
  if (errors !== undefined && !Array.isArray(errors)) {
    found.push(`\`errors\` must be a list of problems made with \`defineProblem\`, got ${shown(errors)}`);
  }
  return found;
}

export function isSchema(value: unknown): boolean {
  return isObject(value) && '_zod' in value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A value as a message shows it: texts in quotes, of objects only what they are. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null)
    return `an object with ${Object.keys(value).join(', ') || 'nothing'}`;
  return typeof value === 'function' ? 'a function' : String(value);
}
