import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Aws, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindables } from '../../bindings/binding.js';
import { definedProps } from '../../construct/defined-props.js';
import { HandlerFunction } from '../../function/handler-function.js';
import type { IdentitySource, LambdaAuthorizerProps } from '../authorizer-props.js';
import { capitalized } from './planned-route.js';

const AUTHORIZATION: readonly IdentitySource[] = ['headers.Authorization'];

/** https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html */
const MAX_CACHE_SECONDS = 3600;

/** What is wrong with the properties of an authorizer. */
export function validateAuthorizers(name: string, props: LambdaAuthorizerProps): string[] {
  const { type = 'token', identitySources = AUTHORIZATION, cache, pattern } = props;
  const found: string[] = [];
  const at = `\`authorizers.${name}`;
  if (type !== 'token' && type !== 'request') {
    found.push(`${at}.type\` must be 'token' or 'request', got '${type}'`);
  }
  for (const source of identitySources.filter(
    (one) => !/^(headers|query|stageVariables)\.[\w-]+$/.test(one),
  )) {
    found.push(
      `${at}.identitySources\` must be like headers.Authorization, query.tenant or stageVariables.tenant, got "${source}"`,
    );
  }
  if (type === 'token' && (identitySources.length !== 1 || !identitySources[0]?.startsWith('headers.'))) {
    found.push(
      `${at}.identitySources\` must be one header with type 'token', got ${identitySources.join(', ') || 'none'}`,
    );
  }
  if (type === 'request' && pattern !== undefined) found.push(`${at}.pattern\` is for type 'token' only`);
  const seconds = cache && !cache.isUnresolved() ? cache.toSeconds() : 0;
  if (seconds > MAX_CACHE_SECONDS) {
    found.push(`${at}.cache\` must be at most an hour, got ${cache?.toHumanString()}`);
  }
  if (seconds > 0 && identitySources.length === 0) {
    found.push(`${at}.identitySources\` must name what answers are kept by, or \`cache\` be off, got none`);
  }
  return found;
}

/** An authorizer's function, and how the gateway asks it. */
export interface CreatedAuthorizer {
  readonly function: HandlerFunction;
  /** Its security scheme in the OpenAPI body. */
  readonly scheme: Readonly<Record<string, unknown>>;
}

/** What authorizers are made of. */
export interface AuthorizerSources {
  readonly authorizers?: Readonly<Record<string, LambdaAuthorizerProps>>;
  readonly bind?: Bindables;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The functions that authorize, by their names.
 *
 * @throws Error when a module is none of an authorizer
 */
export function createAuthorizers(
  parent: Construct,
  { authorizers = {}, bind = {}, environment }: AuthorizerSources,
): Record<string, CreatedAuthorizer> {
  if (Object.keys(authorizers).length === 0) return {};
  const scope = new Construct(parent, 'Authorizers');
  return Object.fromEntries(
    Object.entries(authorizers).map(([name, one]) => [
      name,
      createAuthorizer(scope, name, one, { bind, environment }),
    ]),
  );
}

function createAuthorizer(
  scope: Construct,
  name: string,
  props: LambdaAuthorizerProps,
  shared: { readonly bind: Bindables; readonly environment: Readonly<Record<string, string>> },
): CreatedAuthorizer {
  const { handler, type = 'token', identitySources = AUTHORIZATION, cache, pattern, ...options } = props;
  const created = new HandlerFunction(scope, capitalized(name), {
    description: `Authorizes ${name}`,
    ...definedProps(options),
    environment: { ...shared.environment, ...options.environment },
    handler,
    bind: shared.bind,
    sharesBindings: true,
    invokedSynchronously: true,
  });
  if (created.analysis.kind !== 'authorizer') {
    throw new Error(
      `\`authorizers.${name}\` must be a module that calls \`authorizer(...)\`, as synth reads it from the source, got ${created.entry} (at ${scope.node.path})`,
    );
  }
  const ttl = cache ?? Duration.minutes(type === 'token' ? 5 : 0);
  const sources = identitySources.map(mappingOf);
  const scheme = {
    type: 'apiKey',
    name: type === 'token' ? identitySources[0]!.slice('headers.'.length) : 'Unused',
    in: 'header',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': {
      type,
      authorizerUri: invocationUri(created),
      authorizerResultTtlInSeconds: ttl.toSeconds(),
      ...(sources.length > 0 && { identitySource: sources.join(', ') }),
      ...(pattern !== undefined && { identityValidationExpression: pattern }),
    },
  };
  return { function: created, scheme };
}

function mappingOf(source: IdentitySource): string {
  const [place, ...rest] = source.split('.');
  const name = rest.join('.');
  if (place === 'stageVariables') return `stageVariables.${name}`;
  return `method.request.${place === 'headers' ? 'header' : 'querystring'}.${name}`;
}

/** The URI by which the gateway invokes a function. */
export function invocationUri({ functionArn }: { readonly functionArn: string }): string {
  return `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** An import gives each authorizer an id that no template knows, so the permission is for all of this API's. */
export function permitAuthorizer(authorizer: HandlerFunction, restApiId: string): void {
  const { partition, region, account } = authorizer.stack;
  authorizer.addPermission('Api', {
    principal: new ServicePrincipal('apigateway.amazonaws.com'),
    sourceArn: `arn:${partition}:execute-api:${region}:${account}:${restApiId}/authorizers/*`,
  });
}
