import type { FunctionOptions, ILayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Loader } from 'esbuild';
import type { Bindables, BindOf, NeedsOf } from './binding.js';
import type { SharedLayer } from './shared-layer.js';

/**
 * A module with a handler: a function of (event, context) that returns a promise. Node.js 24 and later refuse the
 * form with a callback, so it is not assignable.
 */
export interface HandlerModule {
  // biome-ignore lint/suspicious/noExplicitAny: what a handler takes is its own business.
  readonly handler: (event: any, context: any) => unknown;
}

/** What esbuild is told besides what it always is. */
export interface BundlingOptions {
  /** Expressions to replace, as in `{ 'process.env.STAGE': '"beta"' }`. @default - none */
  readonly define?: Readonly<Record<string, string>>;
  /** How files are loaded, by extension, as in `{ '.html': 'text' }`. @default - esbuild's */
  readonly loader?: Readonly<Record<string, Loader>>;
  /** Imports that stay as they are: a layer of your own provides them. @default - none */
  readonly external?: readonly string[];
}

/** What can be said about a function besides its code. All options of CDK's functions; they win over the defaults. */
export interface NodeFunctionOptions extends Omit<FunctionOptions, 'layers' | 'logRetention'> {
  /** @default Runtime.NODEJS_24_X */
  readonly runtime?: Runtime;
  /** Shared layers and layers of others. @default - the stack's automatic layer only */
  readonly layers?: readonly (SharedLayer | ILayerVersion)[];
  /** How long logs are kept. Without effect when `logGroup` is given. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** @default - no changes to how the code is bundled */
  readonly bundling?: BundlingOptions;
  /**
   * Says that every caller waits for the answer (an API, a workflow, a queue's poller) and handles its failure.
   *
   * @default false: a queue for events that failed is made as soon as a service that does not wait (EventBridge, SNS,
   * S3 ...) is permitted to invoke the function
   */
  readonly invokedSynchronously?: boolean;
}

/** The module, and what its handler needs. */
export type NodeFunctionProps<Module extends HandlerModule> = NodeFunctionOptions & {
  /** The module with the handler: `() => import('../lambda/orders/place.js')`. It is never run at synth. */
  readonly handler: () => Promise<Module>;
} & BindProp<Module>;

/** `bind` is required exactly when the handler has needs. */
type BindProp<Module> = keyof NeedsOf<Module> extends never
  ? { readonly bind?: undefined }
  : {
      /** What the handler's needs are bound to, by their names. */
      readonly bind: BindOf<Module>;
    };

/** The properties without the compiler's check of `bind`, of which only the needs that are declared are taken. */
export interface UncheckedFunctionProps extends NodeFunctionOptions {
  readonly handler: () => Promise<unknown>;
  readonly bind?: Bindables;
}
