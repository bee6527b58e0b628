export { type BoundHandler, handle } from './handle.js';
export { type Clients, connect, type Need, type Needs, variableOf } from './need.js';
export { type RouteHandler, route } from './route.js';
export { type TableClient, table } from './table.js';
