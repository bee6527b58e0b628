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
export { Problem, type ProblemDetails, ProblemError } from './problem.js';
