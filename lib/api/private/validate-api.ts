import type { SpecRestApiProps, StageOptions } from 'aws-cdk-lib/aws-apigateway';
import { isLambdaAuth, isUserAuth } from '../../contract/auth.js';
import type { Operations } from '../../contract/operation.js';
import type { IUserDirectory } from '../../identity/user-directory.js';
import { validateUsers } from '../../identity/validate-users.js';
import type { UsagePlanOptions } from '../api-props.js';
import type { LambdaAuthorizerProps } from '../authorizer-props.js';
import type { CorsOptions } from '../cors-options.js';
import type { DocumentationOptions } from '../documentation-options.js';
import type { ApiDomainOptions, SharedApiDomain } from '../domain-options.js';
import type { Throttle } from '../routes.js';
import type { WebAclOptions } from '../web-acl-options.js';
import { validateCache } from './caching.js';
import { validateCors } from './cors.js';
import { documentationOperations, validateDocumentation } from './documentation/documentation.js';
import { validateDomain } from './domain.js';
import { validateAuthorizer } from './lambda-authorizers.js';
import { validateThrottle, validateVariables } from './limits.js';
import type { PlannedRoute } from './planned-route.js';
import { validateUsagePlans } from './usage-plans.js';
import { validateWebAcl } from './web-acl.js';

/** The properties of an API that are validated at synthesis, without their compile-time types. */
export interface CheckedProps {
  readonly contract: Operations;
  readonly routes: Readonly<Record<string, unknown>>;
  readonly users?: IUserDirectory;
  readonly authorizers?: Readonly<Record<string, LambdaAuthorizerProps>>;
  readonly usagePlans?: Readonly<Record<string, UsagePlanOptions>>;
  readonly throttle?: Throttle;
  readonly cors?: CorsOptions;
  readonly cacheSize?: string;
  readonly domain?: ApiDomainOptions | SharedApiDomain;
  readonly webAcl?: WebAclOptions;
  readonly stage?: StageOptions;
  readonly restApi?: Pick<SpecRestApiProps, 'disableExecuteApiEndpoint' | 'deployOptions'>;
  readonly publishAs?: string;
  readonly idempotencyTable?: unknown;
  readonly documentation?: boolean | DocumentationOptions;
}

/** Returns all errors of an API's properties. */
export function validateApi(props: CheckedProps, planned: readonly PlannedRoute[]): string[] {
  const documentation = documentationOf(props);
  return [
    ...validateRoutes(props),
    ...validateAuth(props),
    ...(documentation ? validateDocumentation(props.contract, documentation) : []),
    ...Object.entries(props.authorizers ?? {}).flatMap(([name, authorizer]) =>
      validateAuthorizer(name, authorizer),
    ),
    ...validatePlanUse(props),
    ...validateIdempotent(props),
    ...validateUsagePlans(props.usagePlans ?? {}),
    ...(props.throttle ? validateThrottle(['throttle'], props.throttle) : []),
    ...(props.cors ? validateCors(props.cors) : []),
    ...(props.domain ? validateDomain(props.domain) : []),
    ...validatePublication(props),
    ...(props.webAcl ? validateWebAcl(props.webAcl) : []),
    ...validateVariables({ ...props.stage, ...props.restApi?.deployOptions }),
    ...validateCache(planned, props.cacheSize, props.authorizers),
    ...planned.flatMap(({ name, operation, integration }) =>
      (integration?.validate(operation) ?? []).map((error) => `\`routes.${name}\`: ${error}`),
    ),
    ...planned.flatMap(({ name, options: { throttle } }) =>
      throttle ? validateThrottle(['routes', name, 'throttle'], throttle) : [],
    ),
  ];
}

/** Rejects `publishAs` with a domain: a site calls the default endpoint, which a domain disables. */
function validatePublication({ domain, publishAs, restApi }: CheckedProps): string[] {
  if (!domain || !publishAs || restApi?.disableExecuteApiEndpoint === false) return [];
  return [
    '`publishAs` requires the default endpoint, which `domain` disables: set `restApi: { disableExecuteApiEndpoint: false }`, or remove one of the two',
  ];
}

/** Returns the options of the documentation; undefined without `documentation`. */
export function documentationOf({
  documentation,
}: Pick<CheckedProps, 'documentation'>): DocumentationOptions | undefined {
  return documentation === true ? {} : documentation || undefined;
}

/** Reports missing and unknown routes. */
function validateRoutes({ contract, routes }: CheckedProps): string[] {
  const operations = Object.keys(contract);
  const names = Object.keys(routes).filter((name) => routes[name] !== undefined);
  return [
    ...operations
      .filter((name) => !names.includes(name))
      .map((name) => `\`routes\` must have ${name}, an operation of the contract`),
    ...names
      .filter((name) => !operations.includes(name))
      .map(
        (name) => `\`routes\` must have operations of the contract (${operations.join(', ')}), got ${name}`,
      ),
  ];
}

/** Reports operations without their users or authorizer, and authorizers that no operation uses. */
function validateAuth(props: CheckedProps): string[] {
  const { users, authorizers = {} } = props;
  const operations = { ...props.contract, ...documentationOperations(documentationOf(props)) };
  const errors = validateUsers(users);
  const used = new Set<string>();
  for (const [name, { auth }] of Object.entries(operations)) {
    if (isUserAuth(auth) && !users) {
      errors.push(`\`users\` must be a user directory, which operation ${name} uses, got undefined`);
    }
    if (!isLambdaAuth(auth)) continue;
    used.add(auth.authorizer);
    if (!authorizers[auth.authorizer]) {
      errors.push(`\`authorizers\` must have "${auth.authorizer}", which operation ${name} uses`);
    }
  }
  const names = [...used].join(', ') || 'none';
  return [
    ...errors,
    ...Object.keys(authorizers)
      .filter((name) => !used.has(name))
      .map(
        (name) => `\`authorizers\` must have only authorizers that operations use (${names}), got "${name}"`,
      ),
  ];
}

function validateIdempotent({ contract, idempotencyTable }: CheckedProps): string[] {
  if (!idempotencyTable || Object.values(contract).some(({ idempotent }) => idempotent)) return [];
  return ['`idempotencyTable` requires an `idempotent` operation, and the contract has none: remove it'];
}

function validatePlanUse({ contract, usagePlans = {} }: CheckedProps): string[] {
  const withKey = Object.keys(contract).filter((name) => contract[name]!.apiKey);
  const plans = Object.keys(usagePlans);
  if (withKey.length > 0 && plans.length === 0) {
    return [`\`usagePlans\` must have a plan, because ${withKey.join(', ')} have \`apiKey: true\`, got none`];
  }
  if (withKey.length === 0 && plans.length > 0) {
    return [
      `\`usagePlans\` requires an operation with \`apiKey: true\`, and the contract has none, got ${plans.join(', ')}`,
    ];
  }
  return [];
}
