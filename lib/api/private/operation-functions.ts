import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Bindable, Bindables } from '../../bindings/binding.js';
import { definedProps } from '../../construct/defined-props.js';
import { isUserAuth } from '../../contract/auth.js';
import { HandlerFunction } from '../../function/handler-function.js';
import type { NodeFunctionOptions } from '../../function/node-function-props.js';
import { CLIENT_IDS_VARIABLE } from '../../http/authorize.js';
import { joinedClientIds } from '../../identity/joined-client-ids.js';
import type { IUserDirectory } from '../../identity/user-directory.js';
import { RESPONSES_NEED } from '../../runtime/responses-variable.js';
import { capitalized, type PlannedRoute } from './planned-route.js';

/** Options that all functions of an API share. */
export interface SharedOptions {
  readonly functions?: NodeFunctionOptions;
  readonly bind?: Bindables;
  readonly users?: IUserDirectory;
  readonly environment: Readonly<Record<string, string>>;
  /** The table with the responses of `idempotent` operations. */
  readonly idempotencyTable?: Bindable<'idempotency'> | undefined;
}

/**
 * Creates the function of each route with a module, by operation.
 *
 * @throws Error when a module implements another operation
 */
export function createFunctions(
  parent: Construct,
  planned: readonly PlannedRoute[],
  shared: SharedOptions,
): Record<string, HandlerFunction> {
  // A separate scope: the name of an operation may equal the id of another child of the API.
  const scope = new Construct(parent, 'Operations');
  const withHandler = planned.filter(({ handler }) => handler);
  return Object.fromEntries(withHandler.map((route) => [route.name, createFunction(scope, route, shared)]));
}

function createFunction(
  scope: Construct,
  { name, operation, handler, functionOptions }: PlannedRoute,
  { functions, bind = {}, users, environment, idempotencyTable }: SharedOptions,
): HandlerFunction {
  const created = new HandlerFunction(scope, capitalized(name), {
    description: `${operation.method} ${operation.path}`,
    ...definedProps(functions),
    ...definedProps(functionOptions),
    environment: {
      ...environment,
      ...(isUserAuth(operation.auth) && { [CLIENT_IDS_VARIABLE]: joinedClientIds(users!) }),
      ...functions?.environment,
      ...functionOptions.environment,
    },
    handler: handler!,
    bind,
    sharesBindings: true,
    ...(operation.idempotent &&
      idempotencyTable && { ownNeeds: [{ ...RESPONSES_NEED, to: idempotencyTable }] }),
    invokedSynchronously: true,
  });
  assertOperation(scope, name, created);
  return created;
}

/** @throws Error when the module implements another operation, which the compiler rejects in TypeScript only */
function assertOperation(scope: Construct, name: string, { analysis, entry }: HandlerFunction): void {
  const operation = analysis.kind === 'route' ? analysis.operation : undefined;
  if (operation === name) return;
  const actual = operation
    ? `${entry}, which implements ${operation}`
    : `${entry}, whose source does not call \`route(api.${name}, ...)\` directly`;
  throw new Error(
    `\`routes.${name}\` must be a module that implements ${name}, got ${actual} (at ${scope.node.scope?.node.path})`,
  );
}

/** Allows the gateway to invoke an operation's function for its method and path only. */
export function permitOperation(fn: HandlerFunction, sourceArn: string): void {
  fn.addPermission('Api', { principal: new ServicePrincipal('apigateway.amazonaws.com'), sourceArn });
}
