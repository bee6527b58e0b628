import { Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Invoker } from '../handler/handler-analysis.js';
import { BaseFunction } from './base-function.js';
import type { HandlerModule, NodeFunctionProps, UncheckedFunctionProps } from './node-function-props.js';
import { edgeError } from './private/edge.js';
import { functionCode } from './private/function-code.js';
import { planFunction } from './private/function-plan.js';

export type { HandlerModule, NodeFunctionOptions, NodeFunctionProps } from './node-function-props.js';

/** The stack traces in logs name TypeScript lines. */
const SOURCE_MAPS = { NODE_OPTIONS: '--enable-source-maps' };

const SHARED = Symbol('bindings that other functions share');

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
export class NodeFunction<Module extends HandlerModule = HandlerModule> extends BaseFunction {
  /**
   * Creates a function whose bindings are shared with others: those it does not need are ignored. The compiler does
   * not check them; `BindCheck` does, for constructs that create several functions.
   */
  static unchecked(scope: Construct, id: string, props: UncheckedFunctionProps): NodeFunction {
    return new NodeFunction(scope, id, {
      ...props,
      [SHARED]: true,
    } as unknown as NodeFunctionProps<HandlerModule>);
  }

  /** Only for the compiler: the type of the module. */
  declare readonly module?: Module;
  /** The file with the handler. */
  readonly entry: string;
  /** The name by which the file exports it. */
  readonly exportName: string;
  /** The operation of an API that the handler implements with `route`. */
  readonly operation: string | undefined;
  /** By what it is to be invoked, where the handler is made with `consume`, `worker` or `job`. */
  readonly invokedBy: Invoker | undefined;

  constructor(scope: Construct, id: string, props: NodeFunctionProps<Module>) {
    const all = (props ?? {}) as UncheckedFunctionProps;
    const { handler, bind, own, bundling, layers, ...options } = all;
    const { environment: variables } = options;
    const planned = { handler, bind, environment: variables, bundling, own };
    const plan = planFunction(scope, id, planned, SHARED in all);
    const runtime = options.runtime ?? Runtime.NODEJS_24_X;
    const { unseen } = plan.analysis;
    const code = functionCode(scope, id, { entry: plan.entry, runtime, bundling, layers, unseen, options });
    const environment = { ...SOURCE_MAPS, ...plan.environment, ...options.environment };
    const overrides = {
      runtime,
      handler: `index.${plan.exportName}`,
      code: code.code,
      layers: code.layers,
      environment,
    };
    super(scope, id, { ...options, ...overrides }, plan);
    this.entry = plan.entry;
    this.exportName = plan.exportName;
    this.operation = plan.analysis.operation;
    this.invokedBy = plan.analysis.invokedBy;
  }

  /** @internal CDK calls it for the version that a distribution is given. */
  public override _checkEdgeCompatibility(): void {
    throw edgeError(this.node.path);
  }
}
