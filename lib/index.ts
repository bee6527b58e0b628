export type { ApiAlarmProps } from './api/alarm-props.js';
export { Api } from './api/api.js';
export { ApiBodyChecks, type ApiBodyFinding, checkApiBodies } from './api/api-body-checks.js';
export type { ApiProps, UsagePlanOptions } from './api/api-props.js';
export type { AuthorizerModule, IdentitySource, LambdaAuthorizerProps } from './api/authorizer-props.js';
export type { CorsOptions } from './api/cors-options.js';
export type { DocumentationOptions } from './api/documentation-options.js';
export type { ApiDomainOptions, SharedApiDomain } from './api/domain-options.js';
export { type GetItemOptions, getItem } from './api/integrations/get-item.js';
export type { Integration, RequestValue } from './api/integrations/integration.js';
export { type PutEvent, type PutEventsOptions, putEvents } from './api/integrations/put-events.js';
export { type SendMessageOptions, type SentMessage, sendMessage } from './api/integrations/send-message.js';
export {
  type StartExecutionOptions,
  type StartedExecution,
  startExecution,
} from './api/integrations/start-execution.js';
export type { IApi } from './api/published-api.js';
export type { CacheOptions, Route, RouteModule, RouteOptions, Throttle } from './api/routes.js';
export type { ManagedWebAclOptions, WebAclOptions } from './api/web-acl-options.js';
export { bindTo, type ConfigurableFunction } from './bindings/bind-to.js';
export {
  type Bindable,
  type Bindables,
  type BindCheck,
  type Binding,
  type BindOf,
  tableBinding,
} from './bindings/binding.js';
export { IdempotencyTable, type IdempotencyTableProps } from './bindings/idempotency-table.js';
export type { ResourceAccess, ResourceAccesses } from './bindings/resource-access.js';
export type { BundlingOptions } from './bundler/bundling-options.js';
export { DataTable, type DataTableProps, type KeyAttribute, type TableIndex } from './data/data-table.js';
export {
  AssetFunction,
  type AssetFunctionOptions,
  type AssetFunctionProps,
} from './function/asset-function.js';
export type { FailureOptions } from './function/base-function-options.js';
export { HandlerFunction, type HandlerFunctionProps } from './function/handler-function.js';
export { NodeFunction } from './function/node-function.js';
export type {
  HandlerModule,
  NodeFunctionOptions,
  NodeFunctionProps,
} from './function/node-function-props.js';
export { SharedLayer } from './function/shared-layer.js';
export type {
  AmazonProvider,
  AppleProvider,
  FacebookProvider,
  GoogleProvider,
  IdentityProviders,
  OidcProvider,
  SamlProvider,
} from './identity/identity-providers.js';
export type { TriggerCode, TriggerModule, TriggerOptions, Triggers } from './identity/triggers.js';
export { type IUserDirectory, UserDirectory } from './identity/user-directory.js';
export type {
  MachineClient,
  PasskeyOptions,
  UserDirectoryProps,
  UserEmailOptions,
} from './identity/user-directory-props.js';
export { EventHub, type EventHubProps } from './messaging/event-hub.js';
export { EventHubBase, type OnHandlerOptions, type OnOptions } from './messaging/event-hub-base.js';
export { EventSubscription, type EventSubscriptionOptions } from './messaging/event-subscription.js';
export type { ConsumerModule, EventTarget, WorkerTarget, WorkflowTarget } from './messaging/event-target.js';
export { Outbox, type OutboxAlarmProps, type OutboxProps } from './messaging/outbox.js';
export { QueueWorker } from './messaging/queue-worker.js';
export type {
  QueueWorkerAlarmProps,
  QueueWorkerOptions,
  QueueWorkerProps,
  WorkerModule,
} from './messaging/queue-worker-props.js';
export type { DeadLetterAlarmProps } from './observability/dead-letter-alarm.js';
export { Monitoring, type MonitoringProps } from './observability/monitoring.js';
export { CronJob } from './schedule/cron-job.js';
export type {
  CronJobAlarmProps,
  CronJobOptions,
  CronJobProps,
  JobModule,
} from './schedule/cron-job-props.js';
export { Site } from './site/site.js';
export type {
  ContentSecurityPolicy,
  SiteAlarmProps,
  SiteDistributionProps,
  SiteDomain,
  SiteFileHeaders,
  SiteProps,
} from './site/site-props.js';
export { applyTarget } from './target/apply-target.js';
export { declareSupport, type Support } from './target/declare-support.js';
export { type Target, targetOf } from './target/target.js';
export { defineSaga, type SagaStart } from './workflow/define-saga.js';
export { nothing } from './workflow/planned-step.js';
export { Saga } from './workflow/saga.js';
export type { CallInput, CallRefusals, SagaCall } from './workflow/saga-call.js';
export { SagaDefinition } from './workflow/saga-definition.js';
export type { SagaAlarmProps, SagaProps } from './workflow/saga-props.js';
export type { RetryPolicy, SagaCode, SagaFunctionOptions, StepOptions } from './workflow/saga-types.js';
