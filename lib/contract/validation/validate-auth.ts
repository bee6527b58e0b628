import { type Auth, isLambdaAuth, type LambdaAuth, OWN_SCHEMES, type UserAuth } from '../auth.js';
import { scalarOf } from '../scalar.js';

/**
 * `claims` is where a Cognito authorizer's are, `integrationLatency` and `principalId` are set by the gateway.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
const RESERVED_CONTEXT: readonly string[] = ['claims', 'integrationLatency', 'principalId', 'scopes'];

/** What is wrong with an operation's `auth`. */
export function validateAuth(auth: Auth): string[] {
  if (typeof auth === 'string') {
    return ['public', 'user', 'iam'].includes(auth)
      ? []
      : [`\`auth\` must be 'public', 'user', 'iam', a group, scopes or an authorizer, got '${auth}'`];
  }
  if (typeof auth !== 'object' || auth === null) {
    return [
      `\`auth\` must say who may call the operation ('public', 'user', { group }, { scopes }, 'iam', { authorizer }), got ${auth}`,
    ];
  }
  return isLambdaAuth(auth) ? validateLambda(auth) : validateUser(auth);
}

function validateUser({ group, scopes, ...rest }: UserAuth): string[] {
  const found = Object.keys(rest).map((key) => `\`auth\` has no \`${key}\``);
  if (group === undefined && !scopes?.length) {
    found.push("`auth` must have a group or at least one scope; for every signed-in user write 'user'");
  }
  if (group !== undefined && /[\s,[\]]|^$/.test(group)) {
    found.push(`a group must have no spaces, commas or brackets, got "${group}"`);
  }
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html
  for (const scope of scopes ?? []) {
    if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) {
      found.push(`a scope must be like "products/write", got "${scope}"`);
    }
  }
  return found;
}

function validateLambda({ authorizer, context, ...rest }: LambdaAuth): string[] {
  const found = Object.keys(rest).map((key) => `\`auth\` has no \`${key}\``);
  if (!/^[a-z][A-Za-z0-9]{0,127}$/.test(authorizer)) {
    found.push(`an authorizer must be called like partners, in letters and digits, got "${authorizer}"`);
  } else if (authorizer in OWN_SCHEMES) {
    found.push(
      `an authorizer must not be called ${Object.keys(OWN_SCHEMES).join(', ')}, got "${authorizer}"`,
    );
  }
  for (const [name, schema] of Object.entries(context?.shape ?? {})) {
    if (RESERVED_CONTEXT.includes(name)) {
      found.push(
        `the context of an authorizer must not have "${name}", which API Gateway uses itself: choose another name`,
      );
    }
    if (!/^[A-Za-z]\w*$/.test(name)) {
      found.push(
        `the context of an authorizer must have names of letters, digits and underscores, got "${name}"`,
      );
    }
    const type = scalarOf(schema);
    if (!type) {
      found.push(
        `\`context.${name}\` must be a text, a number or a boolean, got ${schema._zod.def.type}: API Gateway passes on nothing else`,
      );
    }
  }
  return found;
}
