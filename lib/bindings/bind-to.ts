import type { CfnFunction, IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnResource, type IResolvable, type IResolveContext, Resource } from 'aws-cdk-lib/core';
import { acknowledgeWildcards } from './own-policy.js';
import { resolveBindings } from './resolve-bindings.js';
import { type ResourceAccesses, wantedBy } from './resource-access.js';

/**
 * A function whose environment can still be changed: any that this app defines (CDK's Function, DockerImageFunction,
 * SingletonFunction, NodejsFunction and PythonFunction, and those of this library). An imported function, an alias
 * and a version are none.
 */
export type ConfigurableFunction = IFunction & { addEnvironment(key: string, value: string): unknown };

/**
 * Binds resources to any function of the app: it gets an environment variable for each with its name, address or ARN
 * (ORDERS_TABLE for a table that is bound as `orders`), and its role is allowed what the access says and nothing else.
 *
 * For a function of CDK's own or of another library. NodeFunction and AssetFunction take `bind`.
 *
 * @throws Error that names all errors: what cannot be bound, not with this access, or would have an environment
 *   variable that the function has already; a function that cannot be changed. Then nothing is bound.
 * @example
 * import { bindTo } from 'cdk-trellis';
 *
 * bindTo(anyFunction, { orders: { to: ordersTable, access: 'read' }, stage: { to: 'beta' } });
 */
export function bindTo(target: ConfigurableFunction, bindings: ResourceAccesses): void {
  const refuse = (errors: readonly string[]) =>
    new Error(`${errors.join('\n')}${target?.node ? ` (at ${target.node.path})` : ''}`);
  const resource = configurationOf(target);
  if (!resource) throw refuse([whyNot(target)]);
  if (typeof bindings !== 'object' || bindings === null) {
    const expected =
      "The bindings of bindTo must be an object, as in `{ orders: { to: orders, access: 'read' } }`";
    throw refuse([`${expected}, got ${bindings}`]);
  }
  const granted = resolveBindings(wantedBy(bindings), variablesOf(resource), [], refuse, { scope: target });
  for (const [variable, value] of Object.entries(granted.environment)) target.addEnvironment(variable, value);
  for (const statement of granted.statements) target.addToRolePolicy(statement);
  if (target.role) acknowledgeWildcards(target.role, granted.wildcards);
}

/** The resource underneath, if it is one of this app's functions itself. */
function configurationOf(target: ConfigurableFunction): CfnFunction | undefined {
  // Users of JavaScript may have given anything.
  const resource = target?.permissionsNode?.defaultChild;
  const isFunction = resource && typeOf(resource) === 'AWS::Lambda::Function';
  return isFunction && typeof target.addEnvironment === 'function' ? (resource as CfnFunction) : undefined;
}

function typeOf(resource: unknown): string | undefined {
  return CfnResource.isCfnResource(resource) ? resource.cfnResourceType : undefined;
}

function whyNot(target: IFunction): string {
  const expected = 'The function of bindTo must be one whose environment can be changed';
  if (!target?.permissionsNode) {
    return `${expected}, got ${target?.node ? `a ${target.constructor.name}` : typeof target}`;
  }
  switch (typeOf(target.permissionsNode.defaultChild)) {
    case 'AWS::Lambda::Alias':
      return `${expected}, got an alias: it points to a version, which is fixed. Bind the function itself before the version is made: \`alias.version.lambda\``;
    case 'AWS::Lambda::Version':
      return `${expected}, got a version, which is fixed. Bind the function itself before the version is made: \`version.lambda\``;
  }
  return Resource.isOwnedResource(target)
    ? `${expected}, got a ${target.constructor.name}, which has no environment of its own`
    : `${expected}, got an imported one, which belongs to the stack that defines it. Bind the function there. To let another function invoke this one, bind it to that: \`bindTo(other, { name: { to: imported, access: 'call' } })\``;
}

/** The names of the environment variables. Their values stay unresolved: it would be too early for lazy ones. */
function variablesOf({ environment }: CfnFunction): string[] {
  const isLazy = environment !== undefined && 'resolve' in environment;
  const property = isLazy ? (environment as IResolvable).resolve({} as IResolveContext) : environment;
  return Object.keys((property as CfnFunction.EnvironmentProperty | undefined)?.variables ?? {});
}
