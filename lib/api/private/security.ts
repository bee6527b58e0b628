import { type Auth, BUILT_IN_SCHEMES, isLambdaAuth, isUserAuth, scopesOf } from '../../contract/auth.js';
import type { Operation } from '../../contract/operation.js';

/** The scope of every access token that Cognito issues to a signed-in user. With a scope the gateway accepts access tokens. */
const SIGNED_IN = 'aws.cognito.signin.user.admin';

type Requirement = Readonly<Record<string, readonly string[]>>;

/**
 * Returns the `security` of an operation. A public operation has an empty list, which overrides the document's default.
 */
export function securityOf({ auth, apiKey }: Operation): readonly Requirement[] {
  const requirement = { ...schemeOf(auth), ...(apiKey && { [BUILT_IN_SCHEMES.apiKey]: [] }) };
  return Object.keys(requirement).length > 0 ? [requirement] : [];
}

function schemeOf(auth: Auth): Requirement {
  if (isLambdaAuth(auth)) return { [auth.authorizer]: [] };
  if (isUserAuth(auth)) {
    const scopes = scopesOf(auth);
    return { [BUILT_IN_SCHEMES.users]: scopes.length > 0 ? scopes : [SIGNED_IN] };
  }
  return auth === 'iam' ? { [BUILT_IN_SCHEMES.iam]: [] } : {};
}

/** Sources of the security schemes. */
export interface SchemeSources {
  /** ARN of the user pool; needed when an operation is for users. */
  readonly userPoolArn?: string;
  /** The security schemes of Lambda authorizers. */
  readonly authorizers?: Readonly<Record<string, unknown>>;
}

/** Returns the `securitySchemes` that the operations use. */
export function securitySchemes(
  operations: readonly Operation[],
  { userPoolArn, authorizers = {} }: SchemeSources,
): Record<string, unknown> {
  const used = new Set(operations.flatMap(securityOf).flatMap((requirement) => Object.keys(requirement)));
  const all: Record<string, unknown> = {
    ...authorizers,
    [BUILT_IN_SCHEMES.users]: cognitoScheme(userPoolArn),
    [BUILT_IN_SCHEMES.iam]: { ...header('Authorization'), 'x-amazon-apigateway-authtype': 'awsSigv4' },
    [BUILT_IN_SCHEMES.apiKey]: header('x-api-key'),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}

function header(name: string) {
  return { type: 'apiKey', name, in: 'header' };
}

function cognitoScheme(userPoolArn: string | undefined): Record<string, unknown> {
  return {
    ...header('Authorization'),
    'x-amazon-apigateway-authtype': 'cognito_user_pools',
    'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: [userPoolArn] },
  };
}
