import type { ApiInfo, Operation, Operations } from './contract.js';
import { parametersOf, withoutParameters } from './path.js';

const PROPERTIES: readonly string[] = [
  'method',
  'path',
  'auth',
  'summary',
  'description',
  'params',
  'query',
  'body',
  'responses',
] satisfies (keyof Operation)[];

const SEGMENT = /^(?:[A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9_]*\})$/;

/** Why a contract cannot be served: all mistakes in it, each with the operation that has it. */
export function contradictions(info: ApiInfo, operations: Operations): string[] {
  const found: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(info.name)) {
    found.push(`\`name\` must be lower-case letters, digits and hyphens, got "${info.name}"`);
  }
  if (Object.keys(operations).length === 0) found.push('it has no operations');
  for (const [name, operation] of Object.entries(operations)) {
    found.push(...mistakesOf(name, operation).map((mistake) => `${name}: ${mistake}`));
  }
  return [...found, ...clashes(operations)];
}

function mistakesOf(name: string, operation: Operation): string[] {
  const { method, path, auth, params, body, responses } = operation;
  const found: string[] = [];
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
    found.push('an operation must be called like getOrder, in letters and digits');
  }
  for (const property of Object.keys(operation).filter((key) => !PROPERTIES.includes(key))) {
    found.push(`an operation has no \`${property}\``);
  }
  if (typeof auth === 'object' && /[\s,[\]]|^$/.test(auth.group)) {
    found.push(`a group must have no spaces, commas or brackets, got "${auth.group}"`);
  }
  const segments = path.split('/').slice(1);
  if (!path.startsWith('/') || (path !== '/' && !segments.every((segment) => SEGMENT.test(segment)))) {
    found.push(`\`path\` must be like /orders/{orderId}, got "${path}"`);
  }
  const parameters = parametersOf(path);
  if (new Set(parameters).size < parameters.length) found.push(`a parameter stands twice in "${path}"`);
  for (const parameter of Object.keys(params?.shape ?? {}).filter((key) => !parameters.includes(key))) {
    found.push(`\`params\` has "${parameter}", which is not in the path "${path}"`);
  }
  if (body && method === 'GET') found.push('a GET has no body; use `query`, or the method POST');
  for (const status of Object.keys(responses).filter((key) => !/^[2-5]\d\d$/.test(key))) {
    found.push(`\`responses\` has ${status}, which is no status of HTTP`);
  }
  if (!Object.keys(responses).some((status) => Number(status) < 400)) {
    found.push('`responses` has no status below 400: say what success answers');
  }
  return found;
}

/** What operations say against one another. */
function clashes(operations: Operations): string[] {
  const found: string[] = [];
  const places = new Map<string, { name: string; path: string }>();
  const variables = new Map<string, { name: string; segment: string }>();
  for (const [name, { method, path }] of Object.entries(operations)) {
    const place = `${method} ${anonymous(path)}`;
    const other = places.get(place);
    if (other) found.push(`${name} and ${other.name} are both ${method} ${other.path}`);
    places.set(place, { name, path });
    const segments = path.split('/');
    for (const [at, segment] of segments.entries()) {
      if (!segment.startsWith('{')) continue;
      const before = anonymous(segments.slice(0, at).join('/'));
      const known = variables.get(before) ?? { name, segment };
      variables.set(before, known);
      // API Gateway: "A sibling of this resource already has a variable path part -- only one is allowed".
      if (known.segment !== segment) {
        found.push(`${name}: ${segment} is called ${known.segment} in the path of ${known.name}`);
      }
    }
  }
  return found;
}

/** The path whatever its parameters are called. */
function anonymous(path: string): string {
  return withoutParameters(path, '{}');
}
