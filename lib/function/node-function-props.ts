import type { ILayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { BindOf, NeedsOf } from '../bindings/binding.js';
import type { BundlingOptions } from '../bundler/bundling-options.js';
import type { BaseFunctionOptions } from './base-function-options.js';
import type { SharedLayer } from './shared-layer.js';

/**
 * A module with a handler: a function of (event, context) that returns a promise. Node.js 24 and later refuse the
 * form with a callback, so it is not assignable.
 */
export interface HandlerModule {
  // biome-ignore lint/suspicious/noExplicitAny: what a handler takes is its own business.
  readonly handler: (event: any, context: any) => unknown;
}

/** What can be said about a function besides its module. All options of CDK's functions; they win over the defaults. */
export interface NodeFunctionOptions extends BaseFunctionOptions {
  /** @default Runtime.NODEJS_24_X */
  readonly runtime?: Runtime;
  /** Shared layers and layers of others. @default - the stack's automatic layer only */
  readonly layers?: readonly (SharedLayer | ILayerVersion)[];
  /** @default - no changes to how the code is bundled */
  readonly bundling?: BundlingOptions;
}

/** The module, what its handler needs, and options of the function. */
export type NodeFunctionProps<Module extends HandlerModule> = NodeFunctionOptions & ModuleProps<Module>;

/** The module, and what its handler needs. */
export type ModuleProps<Module extends HandlerModule> = {
  /**
   * The module with the handler: `() => import('../lambda/orders/place.js')`. It is never run at synth. An export of
   * another name is chosen by `.then((module) => ({ handler: module.place }))` behind it, in this form.
   */
  readonly handler: () => Promise<Module>;
} & BindProp<Module>;

/** `bind` is required exactly when the handler has needs that the stack does not serve. */
export type BindProp<Module> = keyof NeedsOf<Module> extends never
  ? { readonly bind?: undefined }
  : Partial<BindOf<Module>> extends BindOf<Module>
    ? { readonly bind?: BindOf<Module> }
    : {
        /** What the handler's needs are bound to, by their names. */
        readonly bind: BindOf<Module>;
      };
