import { Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Bindables } from '../bindings/binding.js';
import { assertProps } from '../construct/assert-props.js';
import { constructPath } from '../construct/construct-path.js';
import type { HandlerAnalysis } from '../handler/handler-analysis.js';
import { BaseFunction } from './base-function.js';
import type { HandlerModule, NodeFunctionOptions } from './node-function-props.js';
import { edgeError } from './private/edge-error.js';
import { functionCode } from './private/function-code.js';
import { type OwnNeed, planFunction } from './private/function-plan.js';

/** Enables source maps: stack traces in logs name TypeScript lines. */
const SOURCE_MAPS = { NODE_OPTIONS: '--enable-source-maps' };

/** Properties of a HandlerFunction: those of a NodeFunction, without the compiler's check of `bind`. */
export interface HandlerFunctionProps extends NodeFunctionOptions {
  readonly handler: () => Promise<unknown>;
  /** Resources that the handler's needs are bound to, by their names. @default - none */
  readonly bind?: Bindables | undefined;
  /** Shares `bind` with other functions, so that a binding without a need is not an error. @default false */
  readonly sharesBindings?: boolean;
  /** Needs that follow from what the construct knows, and not from the handler's source. @default - none */
  readonly ownNeeds?: readonly OwnNeed[];
}

/**
 * A function whose handler's needs are read from its source. Constructs such as `Api`, `Saga` and `UserDirectory` create
 * it for their modules. In a stack, create a `NodeFunction`: its `bind` is checked by the compiler.
 *
 * @throws Error when the module cannot be found or read, when a need is not bound or bound to another kind of resource
 */
export class HandlerFunction<Module extends HandlerModule = HandlerModule> extends BaseFunction {
  /** Type of the module, for the compiler only. */
  declare readonly module?: Module;
  /** File with the handler. */
  readonly entry: string;
  /** Name by which the file exports the handler. */
  readonly exportName: string;
  /** Handler as its source shows it: the wrapper that makes it, its needs, its operation or trigger. */
  readonly analysis: HandlerAnalysis;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    // The names are checked by the constructs that create it: their subclasses may pass further properties on.
    assertProps(constructPath(scope, id), 'HandlerFunction', props, false);
    const { handler, bind, ownNeeds, sharesBindings = false, bundling, layers, ...options } = props;
    const { environment: variables } = options;
    const planned = { handler, bind, environment: variables, bundling, own: ownNeeds };
    const plan = planFunction(scope, id, planned, sharesBindings);
    const runtime = options.runtime ?? Runtime.NODEJS_24_X;
    const unseen = plan.analysis.kind === 'plain' ? plan.analysis.unseen : undefined;
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
    this.analysis = plan.analysis;
  }

  /** @internal CDK calls it for the version that a distribution is given. */
  public override _checkEdgeCompatibility(): void {
    throw edgeError(this.node.path);
  }
}
