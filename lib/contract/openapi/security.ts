import { type Auth, BUILT_IN_SCHEMES, isLambdaAuth, scopesOf } from '../auth.js';
import type { Operation } from '../operation.js';
import type { JsonSchema } from './components.js';

/** Returns the security requirement of an operation; empty for a public one. */
export function requirement({ auth, apiKey }: Operation): Record<string, readonly string[]> {
  return { ...schemeOf(auth), ...(apiKey && { [BUILT_IN_SCHEMES.apiKey]: [] }) };
}

function schemeOf(auth: Auth): Record<string, readonly string[]> {
  if (auth === 'public') return {};
  if (auth === 'iam') return { [BUILT_IN_SCHEMES.iam]: [] };
  if (isLambdaAuth(auth)) return { [auth.authorizer]: [] };
  const group = typeof auth === 'object' && 'group' in auth && auth.group;
  return { [BUILT_IN_SCHEMES.users]: [...scopesOf(auth), ...(group ? [`group ${group}`] : [])] };
}

/** Returns the security schemes that the operations use. */
export function schemes(operations: readonly Operation[]): Record<string, JsonSchema> {
  const used = new Set(operations.flatMap((operation) => Object.keys(requirement(operation))));
  const builtIn: Record<string, JsonSchema> = {
    [BUILT_IN_SCHEMES.users]: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'Access token of a signed-in user.',
    },
    [BUILT_IN_SCHEMES.iam]: {
      type: 'http',
      scheme: 'AWS4-HMAC-SHA256',
      description: 'Signed with AWS credentials (Signature Version 4).',
    },
    [BUILT_IN_SCHEMES.apiKey]: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  };
  return Object.fromEntries(
    [...used].sort().map((name) => [
      name,
      builtIn[name] ?? {
        type: 'apiKey',
        in: 'header',
        name: 'authorization',
        description: `Checked by ${name}.`,
      },
    ]),
  );
}

/** Returns true for operations that may return 401 and 403. */
export function isProtected(operation: Operation): boolean {
  return operation.auth !== 'public' || operation.apiKey === true;
}
