import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Aws, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindables } from '../../bindings/binding.js';
import { definedProps } from '../../construct/defined-props.js';
import { HandlerFunction } from '../../function/handler-function.js';
import { LIMITS } from '../../quotas/limits.js';
import type { IdentitySource, LambdaAuthorizerProps } from '../authorizer-props.js';
import { capitalized } from './planned-route.js';

const AUTHORIZATION: readonly IdentitySource[] = ['headers.Authorization'];

/** Returns the errors of an authorizer's properties. */
export function validateAuthorizer(name: string, props: LambdaAuthorizerProps): string[] {
  const { type = 'token', identitySources = AUTHORIZATION, cache, pattern } = props;
  const errors: string[] = [];
  const property = `\`authorizers.${name}`;
  for (const source of identitySources) {
    if (/^(headers|query|stageVariables)\.[\w-]+$/.test(source)) continue;
    errors.push(
      `${property}.identitySources\` must be like headers.Authorization, query.tenant or stageVariables.tenant, got "${source}"`,
    );
  }
  if (type === 'token' && (identitySources.length !== 1 || !identitySources[0]?.startsWith('headers.'))) {
    errors.push(
      `${property}.identitySources\` must be one header with type 'token', got ${identitySources.join(', ') || 'none'}`,
    );
  }
  if (type === 'request' && pattern !== undefined) errors.push(`${property}.pattern\` requires type 'token'`);
  const seconds = cache && !cache.isUnresolved() ? cache.toSeconds() : 0;
  if (seconds > LIMITS.apiGateway.cacheSeconds) {
    errors.push(`${property}.cache\` must be at most an hour, got ${cache?.toHumanString()}`);
  }
  if (seconds > 0 && identitySources.length === 0) {
    errors.push(`${property}.identitySources\` must have at least one source with \`cache\`, got none`);
  }
  return errors;
}

/** An authorizer's function and security scheme. */
export interface CreatedAuthorizer {
  readonly function: HandlerFunction;
  /** The security scheme in the OpenAPI body. */
  readonly scheme: Readonly<Record<string, unknown>>;
}

/** Properties of the authorizers, and what their functions share. */
export interface AuthorizerSources {
  readonly authorizers?: Readonly<Record<string, LambdaAuthorizerProps>>;
  readonly bind?: Bindables;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Creates the authorizers' functions and security schemes, by name.
 *
 * @throws Error when a module does not call `authorizer(...)`
 */
export function createAuthorizers(
  parent: Construct,
  { authorizers = {}, bind = {}, environment }: AuthorizerSources,
): Record<string, CreatedAuthorizer> {
  if (Object.keys(authorizers).length === 0) return {};
  const scope = new Construct(parent, 'Authorizers');
  return Object.fromEntries(
    Object.entries(authorizers).map(([name, props]) => [
      name,
      createAuthorizer(scope, name, props, { bind, environment }),
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
      `\`authorizers.${name}\` must be a module that calls \`authorizer(...)\` directly in its source, got ${created.entry} (at ${scope.node.path})`,
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

/** Returns the URI with which the gateway invokes a function. */
export function invocationUri({ functionArn }: { readonly functionArn: string }): string {
  return `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** Allows all authorizers of the API to invoke the function: the import generates ids that no template can name. */
export function permitAuthorizer(authorizer: HandlerFunction, restApiId: string): void {
  const { partition, region, account } = authorizer.stack;
  authorizer.addPermission('Api', {
    principal: new ServicePrincipal('apigateway.amazonaws.com'),
    sourceArn: `arn:${partition}:execute-api:${region}:${account}:${restApiId}/authorizers/*`,
  });
}
