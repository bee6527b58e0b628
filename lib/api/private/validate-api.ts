import type { SpecRestApiProps, StageOptions } from 'aws-cdk-lib/aws-apigateway';
import { isLambdaAuth, isUserAuth } from '../../contract/auth.js';
import type { Operations } from '../../contract/operation.js';
import type { IUserDirectory } from '../../identity/user-directory.js';
import { type ApiDomainOptions, type SharedApiDomain, validateDomain } from '../api-domain.js';
import type { UsagePlanOptions } from '../api-props.js';
import type { LambdaAuthorizerProps } from '../authorizer-props.js';
import type { CorsOptions } from '../cors-options.js';
import type { DocumentationOptions } from '../documentation-options.js';
import type { Throttle } from '../routes.js';
import { validateWebAcl, type WebAclOptions } from '../web-acl.js';
import { validateCache } from './caching.js';
import { validateCors } from './cors.js';
import { documentationOperations, validateDocumentation } from './documentation/documentation.js';
import { validateAuthorizers } from './lambda-authorizers.js';
import { validateThrottle, validateVariables } from './limits.js';
import type { PlannedRoute } from './planned-route.js';
import { validateUsagePlans } from './usage-plans.js';

/** What is checked of the properties of an API, without the types by which the compiler does. */
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

/** All that is wrong with the properties of an API. */
export function validateApi(props: CheckedProps, planned: readonly PlannedRoute[]): string[] {
  const documented = documentationOf(props);
  return [
    ...differences(props),
    ...missingAuthorities(props),
    ...(documented ? validateDocumentation(props.contract, documented) : []),
    ...Object.entries(props.authorizers ?? {}).flatMap(([name, one]) => validateAuthorizers(name, one)),
    ...missingPlans(props),
    ...validateIdempotent(props),
    ...validateUsagePlans(props.usagePlans ?? {}),
    ...(props.throttle ? validateThrottle('`throttle', props.throttle) : []),
    ...(props.cors ? validateCors(props.cors) : []),
    ...(props.domain ? validateDomain(props.domain) : []),
    ...hiddenFromSites(props),
    ...(props.webAcl ? validateWebAcl(props.webAcl) : []),
    ...validateVariables({ ...props.stage, ...props.restApi?.deployOptions }),
    ...validateCache(planned, props.cacheSize, props.authorizers),
    ...planned.flatMap(({ name, operation, integration }) =>
      (integration?.errors(operation) ?? []).map((error) => `\`routes.${name}\`: ${error}`),
    ),
    ...planned.flatMap(({ name, options: { throttle } }) =>
      throttle ? validateThrottle(`\`routes.${name}.throttle`, throttle) : [],
    ),
  ];
}

/** A site finds the API at the address that a domain closes. */
function hiddenFromSites({ domain, publishAs, restApi }: CheckedProps): string[] {
  if (!domain || !publishAs || restApi?.disableExecuteApiEndpoint === false) return [];
  return [
    '`publishAs` is for a site that calls the API at its own address, which `domain` closes: set `restApi: { disableExecuteApiEndpoint: false }`, or leave one of the two out',
  ];
}

/** The options of the documentation, when there is one. */
export function documentationOf({
  documentation,
}: Pick<CheckedProps, 'documentation'>): DocumentationOptions | undefined {
  return documentation === true ? {} : documentation || undefined;
}

/** Where contract and routes differ. */
function differences({ contract, routes }: CheckedProps): string[] {
  const operations = Object.keys(contract);
  const given = Object.keys(routes);
  const known = operations.join(', ');
  return [
    ...operations.filter((name) => !given.includes(name)).map((name) => `\`routes\` lacks ${name}`),
    ...given
      .filter((name) => !operations.includes(name))
      .map((name) => `\`routes\` has ${name}, which the contract does not (it has ${known})`),
  ];
}

/** Operations that nobody could authorize, and authorizers that no operation asks. */
function missingAuthorities(props: CheckedProps): string[] {
  const { users, authorizers = {} } = props;
  const operations = { ...props.contract, ...documentationOperations(documentationOf(props)) };
  const found: string[] = [];
  const asked = new Set<string>();
  for (const [name, { auth }] of Object.entries(operations)) {
    if (isUserAuth(auth) && !users) {
      found.push(`${name} is for users: \`users\` must be a user directory, got undefined`);
    }
    if (!isLambdaAuth(auth)) continue;
    asked.add(auth.authorizer);
    if (!authorizers[auth.authorizer]) {
      found.push(
        `${name} is for those whom ${auth.authorizer} lets pass: \`authorizers\` lacks ${auth.authorizer}`,
      );
    }
  }
  const known = [...asked].join(', ') || 'none';
  return [
    ...found,
    ...Object.keys(authorizers)
      .filter((name) => !asked.has(name))
      .map((name) => `\`authorizers\` has ${name}, which no operation names (they name ${known})`),
  ];
}

function validateIdempotent({ contract, idempotencyTable }: CheckedProps): string[] {
  if (!idempotencyTable || Object.values(contract).some(({ idempotent }) => idempotent)) return [];
  return ['`idempotencyTable` is given, but no operation of the contract is `idempotent`'];
}

function missingPlans({ contract, usagePlans = {} }: CheckedProps): string[] {
  const withKey = Object.keys(contract).filter((name) => contract[name]!.apiKey);
  const plans = Object.keys(usagePlans);
  if (withKey.length > 0 && plans.length === 0) {
    return [`${withKey.join(', ')} ask for an API key: \`usagePlans\` must say who has one, got none`];
  }
  if (withKey.length === 0 && plans.length > 0) {
    return [`\`usagePlans\` has ${plans.join(', ')}, but no operation of the contract has \`apiKey: true\``];
  }
  return [];
}
