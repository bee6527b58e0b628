export {
  type ApiInfo,
  type Auth,
  apiInfo,
  type Contract,
  defineApi,
  type Method,
  type Operation,
  type Operations,
  type Reply,
  type RouteInput,
  type User,
} from './contract.js';
export { type BoundHandler, handle } from './handle.js';
export { type Clients, connect, type Need, type Needs, variableOf } from './need.js';
export { Problem, type ProblemDetails, ProblemError } from './problem.js';
export { type RouteHandler, route } from './route.js';
export { type TableClient, table } from './table.js';
