import { type Auth, BUILT_IN_SCHEMES, isLambdaAuth, type LambdaAuth, type UserAuth } from '../auth.js';
import { scalarOf } from '../scalar.js';

/**
 * Reserved names: Cognito authorizers set `claims`, the gateway sets `integrationLatency` and `principalId`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
const RESERVED_CONTEXT: readonly string[] = ['claims', 'integrationLatency', 'principalId', 'scopes'];

/** Returns the errors of an operation's `auth`. */
export function validateAuth(auth: Auth): string[] {
  if (typeof auth === 'string') {
    return ['public', 'user', 'iam'].includes(auth)
      ? []
      : [`\`auth\` must be 'public', 'user', 'iam', { group }, { scopes } or { authorizer }, got '${auth}'`];
  }
  if (typeof auth !== 'object' || auth === null) {
    return [`\`auth\` must be 'public', 'user', 'iam', { group }, { scopes } or { authorizer }, got ${auth}`];
  }
  return isLambdaAuth(auth) ? validateLambda(auth) : validateUser(auth);
}

function validateUser({ group, scopes, ...rest }: UserAuth): string[] {
  const errors = Object.keys(rest).map((key) => `unknown property \`auth.${key}\``);
  if (group === undefined && !scopes?.length) {
    errors.push("`auth` must have a group or at least one scope; for every signed-in user use 'user'");
  }
  if (group !== undefined && /[\s,[\]]|^$/.test(group)) {
    errors.push(`\`auth.group\` must not have spaces, commas or brackets, got "${group}"`);
  }
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html
  for (const scope of scopes ?? []) {
    if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) {
      errors.push(`\`auth.scopes\` must be like "products/write", got "${scope}"`);
    }
  }
  return errors;
}

function validateLambda({ authorizer, context, ...rest }: LambdaAuth): string[] {
  const errors = Object.keys(rest).map((key) => `unknown property \`auth.${key}\``);
  if (!/^[a-z][A-Za-z0-9]{0,127}$/.test(authorizer)) {
    errors.push(`\`auth.authorizer\` must be like partners, letters and digits, got "${authorizer}"`);
  } else if (authorizer in BUILT_IN_SCHEMES) {
    errors.push(
      `\`auth.authorizer\` must not be ${Object.keys(BUILT_IN_SCHEMES).join(', ')}, got "${authorizer}"`,
    );
  }
  for (const [name, schema] of Object.entries(context?.shape ?? {})) {
    if (RESERVED_CONTEXT.includes(name)) {
      errors.push(
        `\`auth.context\` must not have "${name}", which API Gateway reserves. Choose another name.`,
      );
    }
    if (!/^[A-Za-z]\w*$/.test(name)) {
      errors.push(`\`auth.context\` must have names of letters, digits and underscores, got "${name}"`);
    }
    const type = scalarOf(schema);
    if (!type) {
      errors.push(
        `\`auth.context.${name}\` must be a text, a number or a boolean, which API Gateway supports, got ${schema._zod.def.type}`,
      );
    }
  }
  return errors;
}
