import { type Auth, isLambdaAuth, OWN_SCHEMES, scopesOf } from '../auth.js';
import type { Operation } from '../operation.js';
import type { JsonSchema } from './components.js';

/** What a caller of the operation must show; nothing where it is public. */
export function requirement({ auth, apiKey }: Operation): Record<string, readonly string[]> {
  return { ...schemeOf(auth), ...(apiKey && { [OWN_SCHEMES.apiKey]: [] }) };
}

function schemeOf(auth: Auth): Record<string, readonly string[]> {
  if (auth === 'public') return {};
  if (auth === 'iam') return { [OWN_SCHEMES.iam]: [] };
  if (isLambdaAuth(auth)) return { [auth.authorizer]: [] };
  const group = typeof auth === 'object' && 'group' in auth && auth.group;
  return { [OWN_SCHEMES.users]: [...scopesOf(auth), ...(group ? [`group ${group}`] : [])] };
}

/** The security schemes that the operations of an API name. */
export function schemes(operations: readonly Operation[]): Record<string, JsonSchema> {
  const used = new Set(operations.flatMap((operation) => Object.keys(requirement(operation))));
  const known: Record<string, JsonSchema> = {
    [OWN_SCHEMES.users]: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The access token of a signed-in user.',
    },
    [OWN_SCHEMES.iam]: {
      type: 'http',
      scheme: 'AWS4-HMAC-SHA256',
      description: 'Signed with AWS credentials (Signature Version 4).',
    },
    [OWN_SCHEMES.apiKey]: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  };
  return Object.fromEntries(
    [...used].sort().map((name) => [
      name,
      known[name] ?? {
        type: 'apiKey',
        in: 'header',
        name: 'authorization',
        description: `Checked by ${name}.`,
      },
    ]),
  );
}

/** Who may be refused with 401 and 403. */
export function isProtected(operation: Operation): boolean {
  return operation.auth !== 'public' || operation.apiKey === true;
}
