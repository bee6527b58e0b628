export { etag, requireMatch } from '../http/conditional.js';
export { type AuthorizerHandler, type AuthorizerRequest, authorizer, type Verdict } from './authorizer.js';
export { type BucketClient, bucket } from './bucket.js';
export { type BusClient, bus, type EventPublisher } from './bus.js';
export { consume, type EventHandler } from './consume.js';
export { type Cursor, cursor } from './cursor.js';
export { DeadlineError } from './deadline.js';
export { etagOf } from './etag-of.js';
export { type DeliveredEvent, EventRefusedError, type PublishOptions } from './event.js';
export { type BoundHandler, handle } from './handle.js';
export { type IdempotencyClient, type IdempotencyOptions, idempotency } from './idempotency.js';
export { IdempotencyAlreadyInProgressError, IdempotencyResultNotKeptError } from './idempotency-errors.js';
export { correlated, correlationId } from './invocation.js';
export { type CallClient, FunctionError, invoke, type SendClient } from './invoke.js';
export { type JobHandler, JobOverlapError, job, type Occasion, type ScheduledEvent } from './job.js';
export { logger } from './logger.js';
export { MessageRefusedError } from './messages.js';
export { type Clients, connect, type Need, type Needs, variableOf } from './need.js';
export { ifNewer, type NewerCondition } from './newer.js';
export { type OutboxAttributes, type OutboxOptions, outbox } from './outbox.js';
export { type ParameterClient, parameter } from './parameter.js';
export {
  type PresignDownloadOptions,
  type PresignUploadOptions,
  presignDownload,
  presignUpload,
} from './presign.js';
export { type MessageSender, type QueueClient, queue, type SendOptions } from './queue.js';
export type { Remembered } from './remembered.js';
export { type RouteEvent, type RouteHandler, type RouteTools, route } from './route.js';
export {
  type ContextSchemas,
  type Refused,
  refused,
  type SagaExecution,
  type SagaFailure,
  type SagaOutcome,
  type SagaProblem,
  type SagaReason,
  type StepHandler,
  type StepInfo,
  step,
} from './saga.js';
export { type SagaAnswerClient, type SagaStartClient, saga } from './saga-need.js';
export type { FetchOptions } from './sdk.js';
export { type SecretClient, secret } from './secret.js';
export { type IndexClient, type TableClient, table } from './table.js';
export { type TopicClient, topic } from './topic.js';
export {
  type TriggerAnswer,
  type TriggerEvents,
  type TriggerHandler,
  type TriggerName,
  trigger,
  UserRefusedError,
} from './trigger.js';
export { type UsersClient, users } from './users.js';
export { number, text } from './values.js';
export {
  type Delivery,
  type MessageHandler,
  type MessageKind,
  worker,
} from './worker.js';
export { type WorkflowClient, workflow } from './workflow.js';
