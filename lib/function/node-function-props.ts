import type { ILayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { BindOf, NeedsOf } from '../bindings/binding.js';
import type { BundlingOptions } from '../bundler/bundling-options.js';
import type { BaseFunctionOptions } from './base-function-options.js';
import type { SharedLayer } from './shared-layer.js';

/**
 * A module with a handler: a function of (event, context) that returns a promise. Handlers with a callback are not
 * assignable, because Node.js 24 and later do not support them.
 */
export interface HandlerModule {
  // biome-ignore lint/suspicious/noExplicitAny: the handler determines the type of its event.
  readonly handler: (event: any, context: any) => unknown;
}

/** Options of a NodeFunction besides its module: every option of CDK's functions. Yours override the defaults. */
export interface NodeFunctionOptions extends BaseFunctionOptions {
  /** The function's runtime. @default Runtime.NODEJS_24_X */
  readonly runtime?: Runtime;
  /** Shared layers and other layer versions. @default - only the stack's dependency layer */
  readonly layers?: readonly (SharedLayer | ILayerVersion)[];
  /** Bundling options. @default - the defaults described at BundlingOptions */
  readonly bundling?: BundlingOptions;
}

/** The module, the bindings of its handler's needs, and options of the function. */
export type NodeFunctionProps<Module extends HandlerModule> = NodeFunctionOptions & ModuleProps<Module>;

/** The module and the bindings of its handler's needs. */
export type ModuleProps<Module extends HandlerModule> = {
  /**
   * The module with the handler: `() => import('../lambda/orders/place.js')`. Synth never runs it. To select another
   * export, append `.then((module) => ({ handler: module.place }))` in exactly this form.
   */
  readonly handler: () => Promise<Module>;
} & BindProp<Module>;

/** `bind` is required exactly when the handler has needs that the stack does not serve. */
export type BindProp<Module> = keyof NeedsOf<Module> extends never
  ? { readonly bind?: undefined }
  : Partial<BindOf<Module>> extends BindOf<Module>
    ? { readonly bind?: BindOf<Module> }
    : {
        /** Bindings of the handler's needs, by name. @default - required when the handler has needs */
        readonly bind: BindOf<Module>;
      };
