import {
  OAuthScope,
  ResourceServerScope,
  type UserPool,
  type UserPoolClient,
  type UserPoolDomain,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import type { UserDirectoryProps } from '../user-directory-props.js';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html */
const SCOPE_NAME = /^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/;
const SERVER_NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html */
const DOMAIN_PREFIX = /^(?!.*(aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Returns the errors in the properties about tokens. */
export function validateTokens({
  scopes = {},
  machines = {},
  domainPrefix,
  customDomain,
}: UserDirectoryProps): string[] {
  const errors: string[] = [];
  for (const [server, names] of Object.entries(scopes)) {
    if (!SERVER_NAME.test(server)) errors.push(`\`scopes\` must be named like products, got "${server}"`);
    if (Object.keys(names).length === 0) errors.push(`\`scopes.${server}\` must have a scope, got none`);
    for (const name of Object.keys(names).filter((scope) => !SCOPE_NAME.test(scope))) {
      errors.push(`\`scopes.${server}\` must have names without spaces and slashes, got "${name}"`);
    }
  }
  const definedScopes = allScopes(scopes);
  for (const [machine, { scopes: requested }] of Object.entries(machines)) {
    if (requested.length === 0) errors.push(`\`machines.${machine}.scopes\` must name a scope, got none`);
    for (const scope of requested.filter((name) => !definedScopes.includes(name))) {
      errors.push(
        `\`machines.${machine}.scopes\` must be of ${definedScopes.join(', ') || '`scopes`'}, got "${scope}"`,
      );
    }
  }
  if (Object.keys(machines).length > 0 && !domainPrefix && !customDomain) {
    errors.push(
      '`domainPrefix` is required, because `machines` get their tokens at that domain, got undefined',
    );
  }
  if (domainPrefix !== undefined && !DOMAIN_PREFIX.test(domainPrefix)) {
    errors.push(
      `\`domainPrefix\` must be 1 to 63 lower-case letters, digits and hyphens without "aws", "amazon" and "cognito", got "${domainPrefix}"`,
    );
  }
  return errors;
}

function allScopes(scopes: NonNullable<UserDirectoryProps['scopes']>): string[] {
  return Object.entries(scopes).flatMap(([server, names]) =>
    Object.keys(names).map((name) => `${server}/${name}`),
  );
}

/** Adds the scopes to the user pool. */
export function addScopes(
  pool: UserPool,
  scopes: NonNullable<UserDirectoryProps['scopes']>,
): UserPoolResourceServer[] {
  return Object.entries(scopes).map(([identifier, names]) =>
    pool.addResourceServer(`Scopes-${identifier}`, {
      identifier,
      scopes: Object.entries(names).map(
        ([scopeName, scopeDescription]) => new ResourceServerScope({ scopeName, scopeDescription }),
      ),
    }),
  );
}

/** Creates the app clients of programs. */
export function addMachines(
  pool: UserPool,
  servers: readonly UserPoolResourceServer[],
  domain: UserPoolDomain,
  machines: NonNullable<UserDirectoryProps['machines']>,
): Record<string, UserPoolClient> {
  return Object.fromEntries(
    Object.entries(machines).map(([name, { scopes, ...options }]) => {
      const client = pool.addClient(`Machine-${name}`, {
        generateSecret: true,
        oAuth: { flows: { clientCredentials: true }, scopes: scopes.map((name) => OAuthScope.custom(name)) },
        enableTokenRevocation: true,
        ...options,
      });
      // Cognito rejects scopes that do not exist yet, and tokens come from the domain.
      client.node.addDependency(...servers, domain);
      return [name, client];
    }),
  );
}
