import type { CfnFunction, IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnResource, type IResolvable, type IResolveContext, Resource } from 'aws-cdk-lib/core';
import { acknowledgeWildcards } from './function-policy.js';
import { resolveBindings } from './resolve-bindings.js';
import { type ResourceAccesses, requestsOf } from './resource-access.js';

/**
 * A function with a configurable environment: any function that this app defines (CDK's Function, DockerImageFunction,
 * SingletonFunction, NodejsFunction and PythonFunction, and those of this library). Imported functions, aliases and
 * versions are not configurable.
 */
export type ConfigurableFunction = IFunction & { addEnvironment(key: string, value: string): unknown };

/**
 * Binds resources to any function of the app. For each, the function gets an environment variable with its name,
 * address or ARN (ORDERS_TABLE for a table that is bound as `orders`), and its role gets exactly the permissions of the
 * access.
 *
 * For functions of CDK or of another library. NodeFunction and AssetFunction have `bind`.
 *
 * @throws Error with all errors: a resource that cannot be bound, an invalid access, an environment variable that
 * already exists, a function that is not configurable. Nothing is bound in this case.
 * @example
 * import { bindTo } from 'cdk-trellis';
 *
 * bindTo(anyFunction, { orders: { to: ordersTable, access: 'read' }, stage: { to: 'beta' } });
 */
export function bindTo(target: ConfigurableFunction, bindings: ResourceAccesses): void {
  const toError = (errors: readonly string[]) =>
    new Error(`${errors.join('\n')}${target?.node ? ` (at ${target.node.path})` : ''}`);
  const resource = configurationOf(target);
  if (!resource) throw toError([invalidTargetText(target)]);
  if (typeof bindings !== 'object' || bindings === null) {
    const expected =
      "The bindings of bindTo must be an object, as in `{ orders: { to: orders, access: 'read' } }`";
    throw toError([`${expected}, got ${bindings}`]);
  }
  const resolved = resolveBindings(requestsOf(bindings), variablesOf(resource), [], toError, {
    scope: target,
  });
  for (const [variable, value] of Object.entries(resolved.environment))
    target.addEnvironment(variable, value);
  for (const statement of resolved.statements) target.addToRolePolicy(statement);
  if (target.role) acknowledgeWildcards(target.role, resolved.wildcards);
}

/** Returns the underlying resource if the target is a function of this app. */
function configurationOf(target: ConfigurableFunction): CfnFunction | undefined {
  // JavaScript users may pass anything.
  const resource = target?.permissionsNode?.defaultChild;
  const isFunction = resource && typeOf(resource) === 'AWS::Lambda::Function';
  return isFunction && typeof target.addEnvironment === 'function' ? (resource as CfnFunction) : undefined;
}

function typeOf(resource: unknown): string | undefined {
  return CfnResource.isCfnResource(resource) ? resource.cfnResourceType : undefined;
}

function invalidTargetText(target: IFunction): string {
  const expected = 'The function of bindTo must have a configurable environment';
  if (!target?.permissionsNode) {
    return `${expected}, got ${target?.node ? `a ${target.constructor.name}` : typeof target}`;
  }
  switch (typeOf(target.permissionsNode.defaultChild)) {
    case 'AWS::Lambda::Alias':
      return `${expected}, got an alias of a version, which is immutable. Bind the function itself before the version is created: \`alias.version.lambda\``;
    case 'AWS::Lambda::Version':
      return `${expected}, got a version, which is immutable. Bind the function itself before the version is created: \`version.lambda\``;
  }
  return Resource.isOwnedResource(target)
    ? `${expected}, got a ${target.constructor.name}, which has no environment`
    : `${expected}, got an imported function. Bind resources to it in the stack that defines it. To let another function invoke it, bind it to that function: \`bindTo(other, { name: { to: imported, access: 'call' } })\``;
}

/** Returns the names of the environment variables. Their values stay unresolved: lazy ones may not be known yet. */
function variablesOf({ environment }: CfnFunction): string[] {
  const isLazy = environment !== undefined && 'resolve' in environment;
  const property = isLazy ? (environment as IResolvable).resolve({} as IResolveContext) : environment;
  return Object.keys((property as CfnFunction.EnvironmentProperty | undefined)?.variables ?? {});
}
