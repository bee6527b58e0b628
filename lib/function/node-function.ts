import type { Construct } from 'constructs';
import { assertProps } from '../construct/assert-props.js';
import { constructPath } from '../construct/construct-path.js';
import { HandlerFunction, type HandlerFunctionProps } from './handler-function.js';
import type { HandlerModule, NodeFunctionProps } from './node-function-props.js';

export type { HandlerModule, NodeFunctionOptions, NodeFunctionProps } from './node-function-props.js';

/**
 * A function in TypeScript or JavaScript: the module is named by an import that is never run, and what its handler
 * needs is read from its source.
 *
 * Node.js 24 on arm64, 256 MB, 10 seconds, X-Ray tracing, JSON logs in a log group of its own that are kept for a
 * month, and a role that allows what the handler declared and nothing else. Costs nothing at rest.
 *
 * @example
 * import { DataTable, NodeFunction } from 'cdk-trellis';
 *
 * const orders = new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
 * new NodeFunction(stack, 'Place', { handler: () => import('../lambda/place.js'), bind: { orders } });
 *
 * @throws Error when the module cannot be found or read, when a need is not bound or bound to another kind of thing
 */
export class NodeFunction<Module extends HandlerModule = HandlerModule> extends HandlerFunction<Module> {
  constructor(scope: Construct, id: string, props: NodeFunctionProps<Module>) {
    assertProps(constructPath(scope, id), 'NodeFunction', props, new.target === NodeFunction);
    // `BindOf<Module>` is a subset of `Bindables`, which the compiler cannot see of a type that depends on Module.
    super(scope, id, props as HandlerFunctionProps);
  }
}
