import type { Operation, Operations } from '../../contract/operation.js';
import type { NodeFunctionOptions } from '../../function/node-function-props.js';
import { Integration } from '../integrations/integration.js';
import type { RouteOptions } from '../routes.js';

/** A normalized route. */
export interface PlannedRoute {
  readonly name: string;
  readonly operation: Operation;
  readonly options: RouteOptions;
  /** The module; undefined with an integration. */
  readonly handler?: () => Promise<unknown>;
  readonly functionOptions: NodeFunctionOptions;
  readonly integration?: Integration<unknown>;
}

/** Normalizes the routes, in the order of the contract, without unknown ones. */
export function planRoutes(contract: Operations, routes: Readonly<Record<string, unknown>>): PlannedRoute[] {
  return Object.entries(contract)
    .filter(([name]) => routes[name] !== undefined)
    .map(([name, operation]) => ({ name, operation, ...planned(routes[name]) }));
}

function planned(route: unknown): Omit<PlannedRoute, 'name' | 'operation'> {
  if (route instanceof Integration) return { options: {}, functionOptions: {}, integration: route };
  if (typeof route === 'function') {
    return { options: {}, functionOptions: {}, handler: route as PlannedRoute['handler'] };
  }
  const { throttle, cache, integration, handler, ...functionOptions } = route as RouteOptions &
    Pick<PlannedRoute, 'handler' | 'integration'>;
  return {
    options: { ...(throttle && { throttle }), ...(cache && { cache }) },
    functionOptions,
    ...(integration ? { integration } : { handler }),
  };
}

/** Returns the id of a route's function or role, and the prefix of its body's model. */
export function capitalized(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}`;
}
