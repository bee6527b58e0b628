export {
  type Bindable,
  type Bindables,
  type BindCheck,
  type Binding,
  type BindOf,
  bindTo,
  tableBinding,
} from './binding.js';
export { NodeFunction } from './node-function.js';
export type {
  BundlingOptions,
  HandlerModule,
  NodeFunctionOptions,
  NodeFunctionProps,
} from './node-function-props.js';
export { SharedLayer } from './shared-layer.js';
