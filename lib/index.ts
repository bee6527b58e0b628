export { Api } from './api/api.js';
export type { ApiAlarmProps } from './api/api-alarms.js';
export type { ApiProps, Route, RouteModule } from './api/api-props.js';
export { DataTable, type DataTableProps, type KeyAttribute, type TableIndex } from './data/data-table.js';
export * from './function/index.js';
export { type IUserDirectory, UserDirectory, type UserDirectoryProps } from './identity/user-directory.js';
export { type Target, targetOf } from './target/target.js';
