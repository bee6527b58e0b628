export type { Auth, Caller, ContextOf, LambdaAuth, User, UserAuth } from './auth.js';
export { type Binary, type Body, binary } from './body.js';
export { type ApiInfo, apiInfo, type Contract } from './contract.js';
export { defineApi } from './define-api.js';
export {
  defineProblem,
  type ProblemClass,
  type ProblemDefinition,
  type ProblemKind,
} from './define-problem.js';
export type { Deprecation } from './deprecation.js';
export {
  defineEvent,
  type EventData,
  type EventDefinition,
  type EventMetadata,
  type EventOf,
  type EventOptions,
  type PublishedEvent,
} from './event.js';
export type { RouteInput, RouteResponse } from './handler-types.js';
export type { Idempotent } from './idempotency-options.js';
export {
  IdempotencyKeyInUse,
  IdempotencyKeyReused,
  IdempotencyResponseNotKept,
} from './idempotency-problems.js';
export { type OpenApiDocument, type OpenApiOptions, openApiDocument } from './openapi/document.js';
export type { Method, Operation, Operations } from './operation.js';
export { page, pageQuery } from './page.js';
export { PreconditionFailed } from './precondition.js';
export { Problem, type ProblemDetails, ProblemError } from './problem.js';
export type { Examples, OperationResponse, ResponseDeclaration } from './response-declaration.js';
export type { SharedStatus } from './shared-statuses.js';
export { Download, Upload } from './upload.js';
