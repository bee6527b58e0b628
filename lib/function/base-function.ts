import type { Grant, IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  type EventInvokeConfigOptions,
  type FunctionProps,
  LoggingFormat,
  type Permission,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import {
  acknowledgeStarPermissions,
  fileSystems,
  logStatement,
  networkInterfaces,
  resourceOf,
  setPolicy,
  traces,
} from '../bindings/function-policy.js';
import type { ResolvedBindings } from '../bindings/resolve-bindings.js';
import { acknowledge } from '../construct/acknowledge.js';
import { definedProps } from '../construct/defined-props.js';
import { applyTarget } from '../target/apply-target.js';
import type { BaseFunctionOptions } from './base-function-options.js';
import { addEnvironmentCheck } from './private/environment-check.js';
import { FailureQueue } from './private/failure-queue.js';
import { isAsynchronousInvoker, isAsynchronousRole } from './private/invokers.js';
import { VersionedFunction } from './versioned-function.js';

/**
 * Lambda allocates CPU in proportion to memory: at 128 MB a cold start with the SDK takes about twice as long as at 256
 * MB and costs the same. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const MEMORY_MEGABYTES = 256;

/** Longer than any call that a handler should make, shorter than API Gateway's timeout of 29 s. */
const TIMEOUT = Duration.seconds(10);

/** The options with the code of a subclass. */
type BaseFunctionProps = BaseFunctionOptions & Pick<FunctionProps, 'code' | 'handler' | 'runtime' | 'layers'>;

/**
 * Base of all functions of this library: defaults, a separate log group, a role with the permissions of its bindings
 * only, and a queue for failed events.
 */
export abstract class BaseFunction extends VersionedFunction {
  private readonly functionLogGroup: ILogGroup;
  /** Undefined when every caller waits for the result. */
  private readonly failureQueue: FailureQueue | undefined;

  /** @param bindings permissions of the function's bindings; their variables are already in the environment */
  protected constructor(scope: Construct, id: string, props: BaseFunctionProps, bindings: ResolvedBindings) {
    const {
      logRetention,
      logRemovalPolicy,
      invokedSynchronously = false,
      failures,
      tracing,
      events = [],
      ...options
    } = props;
    const { filesystem } = options;
    super(scope, id, {
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MEGABYTES,
      timeout: TIMEOUT,
      // CDK rejects this together with the old property.
      ...(options.logFormat === undefined && { loggingFormat: LoggingFormat.JSON }),
      ...definedProps(options),
      // CDK would add a second policy for the access.
      ...(filesystem && { filesystem: { config: { ...filesystem.config, policies: [] } } }),
    });
    applyTarget(this);
    // From here on, the resources count rather than the properties: the app's injectors may have changed them.
    this.functionLogGroup = this.hasLogGroup()
      ? super.logGroup
      : this.createLogGroup(logRetention, logRemovalPolicy);
    this.addPermissions(bindings, filesystem?.config.policies ?? [], tracing ?? Tracing.ACTIVE);
    this.failureQueue =
      invokedSynchronously || this.hasDeadLetters() ? undefined : new FailureQueue(this, failures);
    this.acknowledgeFailures(invokedSynchronously);
    addEnvironmentCheck(this);
    // Not in CDK's constructor: some sources invoke asynchronously, and the failure queue exists only from here on.
    for (const event of events) this.addEventSource(event);
  }

  /** The function's log group. */
  public override get logGroup(): ILogGroup {
    return this.functionLogGroup;
  }

  /**
   * The queue of events that failed after all retries; undefined until something invokes the function asynchronously.
   */
  public get failures(): Queue | undefined {
    return this.failureQueue?.queue;
  }

  public override addPermission(id: string, permission: Permission): void {
    super.addPermission(id, permission);
    if (isAsynchronousInvoker(permission)) this.ensureFailureQueue();
  }

  public override grantInvoke(grantee: IGrantable): Grant {
    if (isAsynchronousRole(grantee)) this.ensureFailureQueue();
    return super.grantInvoke(grantee);
  }

  /** Configures asynchronous invocations; failures go to the queue unless the options have another destination. */
  public override configureAsyncInvoke(options: EventInvokeConfigOptions): void {
    super.configureAsyncInvoke(this.failureQueue?.withQueue(options) ?? options);
  }

  /**
   * Creates a queue for events that fail after all retries, unless there is one or the function has another destination
   * for them. Called when something gets permission to invoke the function asynchronously.
   */
  public ensureFailureQueue(): void {
    this.failureQueue?.ensure((options) => super.configureAsyncInvoke(options));
  }

  private hasLogGroup(): boolean {
    // With the feature flag useCdkManagedLogGroup CDK has created a log group without expiry.
    const isManagedByCdk = this.node.tryRemoveChild('LogGroup');
    const { logGroup } = (resourceOf(this).loggingConfig ?? {}) as CfnFunction.LoggingConfigProperty;
    return logGroup !== undefined && !isManagedByCdk;
  }

  private createLogGroup(
    retention = RetentionDays.ONE_MONTH,
    removalPolicy = RemovalPolicy.DESTROY,
  ): LogGroup {
    const logGroup = new LogGroup(this, 'LogGroup', { retention, removalPolicy });
    const resource = resourceOf(this);
    resource.loggingConfig = { ...resource.loggingConfig, logGroup: logGroup.logGroupName };
    return logGroup;
  }

  private addPermissions(
    bindings: ResolvedBindings,
    files: readonly PolicyStatement[],
    tracing: Tracing,
  ): void {
    const resource = resourceOf(this);
    const isTraced = resource.tracingConfig === undefined && tracing !== Tracing.DISABLED;
    // CDK's `tracing` would add a second policy.
    if (isTraced) resource.tracingConfig = { mode: tracing };
    const starPermissions = [
      ...(isTraced ? [traces()] : []),
      ...(this.isBoundToVpc ? [networkInterfaces()] : []),
    ];
    const statements = [
      logStatement(this.logGroup),
      ...starPermissions.map(({ statement }) => statement),
      ...files,
      ...bindings.statements,
    ];
    const isOwnRole = this.role !== undefined && this.role === this.node.tryFindChild('ServiceRole');
    setPolicy(this, statements, bindings.wildcards, isOwnRole);
    if (isOwnRole && this.role)
      acknowledgeStarPermissions(this.role, [...starPermissions, ...fileSystems(files)]);
  }

  private hasDeadLetters(): boolean {
    return this.deadLetterQueue !== undefined || this.deadLetterTopic !== undefined;
  }

  private acknowledgeFailures(synchronous: boolean): void {
    if (this.hasDeadLetters()) return;
    const reason = synchronous
      ? 'Every caller waits for the response and handles failures; a dead-letter queue is for asynchronous invocations only.'
      : 'A failure destination, which unlike a dead-letter queue also contains the error, is added with the first permission to invoke asynchronously.';
    acknowledge(this, { 'Serverless-LambdaDLQ': reason });
  }
}
