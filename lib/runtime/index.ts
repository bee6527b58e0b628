// `npm run needs` writes the exports of the kinds of needs, which are in ./needs.

export type { Logger } from '@aws-lambda-powertools/logger';
export { etag, requireMatch } from '../http/conditional.js';
export { type Cursor, cursor } from './cursor.js';
export { DeadlineError } from './deadline.js';
export { etagOf } from './etag-of.js';
export { type DeliveredEvent, EventRefusedError, type PublishOptions } from './event.js';
export {
  type AuthorizerHandler,
  type AuthorizerRequest,
  authorizer,
  type Verdict,
} from './handlers/authorizer.js';
export { consume, type EventHandler } from './handlers/consume.js';
export { type BoundHandler, handle } from './handlers/handle.js';
export { type JobHandler, JobOverlapError, job, type Occasion, type ScheduledEvent } from './handlers/job.js';
export { type RouteEvent, type RouteHandler, type RouteTools, route } from './handlers/route.js';
export type {
  Refused,
  SagaExecution,
  SagaFailure,
  SagaOutcome,
  SagaProblem,
  SagaReason,
} from './handlers/saga-execution.js';
export { type ContextSchemas, refused, type StepHandler, type StepInfo, step } from './handlers/step.js';
export {
  type TriggerEvents,
  type TriggerHandler,
  type TriggerName,
  type TriggerResponse,
  trigger,
  UserRefusedError,
} from './handlers/trigger.js';
export {
  type Delivery,
  type MessageHandler,
  type MessageKind,
  worker,
} from './handlers/worker.js';
export {
  IdempotencyAlreadyInProgressError,
  IdempotencyResultNotKeptError,
} from './idempotency/idempotency-errors.js';
export type { Remembered } from './idempotency/remembered.js';
export { ifNewer, type NewerCondition } from './if-newer.js';
export { correlated, correlationId } from './invocation.js';
export { logger } from './logger.js';
export { MessageRefusedError } from './messages.js';
export { type BucketClient, bucket } from './needs/bucket.js';
export { type BusClient, bus, type EventPublisher } from './needs/bus.js';
export { type IdempotencyClient, type IdempotencyOptions, idempotency } from './needs/idempotency.js';
export { type CallClient, FunctionError, invoke, type SendClient } from './needs/invoke.js';
export { type Clients, connect, type Need, type Needs, variableOf } from './needs/need.js';
export { number } from './needs/number.js';
export { type ParameterClient, parameter } from './needs/parameter.js';
export { type MessageSender, type QueueClient, queue, type SendOptions } from './needs/queue.js';
export {
  type SagaResponse,
  type SagaResponseClient,
  type SagaStart,
  type SagaStartClient,
  saga,
} from './needs/saga.js';
export { type SecretClient, secret } from './needs/secret.js';
export { type IndexClient, type TableClient, table } from './needs/table.js';
export { text } from './needs/text.js';
export { type TopicClient, topic } from './needs/topic.js';
export { type UsersClient, users } from './needs/users.js';
export { type WorkflowClient, workflow } from './needs/workflow.js';
export { type OutboxAttributes, type OutboxOptions, outbox } from './outbox.js';
export {
  type PresignDownloadOptions,
  type PresignUploadOptions,
  presignDownload,
  presignUpload,
} from './presign.js';
export type { FetchOptions } from './sdk.js';
