export { Api } from './api/api.js';
export type { ApiAlarmProps } from './api/api-alarms.js';
export type { ApiProps, Route, RouteModule } from './api/api-props.js';
export { DataTable, type DataTableProps, type KeyAttribute, type TableIndex } from './data/data-table.js';
export {
  type Bindable,
  type Bindables,
  type BindCheck,
  type Binding,
  type BindOf,
  bindTo,
  tableBinding,
} from './function/binding.js';
export { NodeFunction } from './function/node-function.js';
export type {
  BundlingOptions,
  HandlerModule,
  NodeFunctionOptions,
  NodeFunctionProps,
} from './function/node-function-props.js';
export { SharedLayer } from './function/shared-layer.js';
export { type IUserDirectory, UserDirectory, type UserDirectoryProps } from './identity/user-directory.js';
export { type Target, targetOf } from './target/target.js';
