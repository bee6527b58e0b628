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
  acknowledgeEverywhere,
  fileSystems,
  logStatement,
  networkInterfaces,
  resourceOf,
  setPolicy,
  traces,
} from '../bindings/own-policy.js';
import type { ResolvedBindings } from '../bindings/resolve-bindings.js';
import { acknowledge } from '../construct/acknowledge.js';
import { constructPath } from '../construct/construct-path.js';
import { definedProps } from '../construct/defined-props.js';
import { validateDurations } from '../construct/duration.js';
import { applyTarget } from '../target/apply-target.js';
import type { BaseFunctionOptions } from './base-function-options.js';
import { addEnvironmentCheck } from './private/environment-check.js';
import { FailureQueue } from './private/failure-queue.js';
import { isAsynchronousInvoker, isAsynchronousRole } from './private/invokers.js';
import { VersionedFunction } from './versioned-function.js';

/**
 * Lambda gives CPU by memory: at 128 MB a cold start with the SDK takes about twice as long as at 256 MB and costs
 * the same. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const MEMORY_MEGABYTES = 256;

/** Longer than any of the calls that a handler should make, shorter than the 29 s that API Gateway waits. */
const TIMEOUT = Duration.seconds(10);

/** The options with the code, whatever has made it. */
type BaseFunctionProps = BaseFunctionOptions & Pick<FunctionProps, 'code' | 'handler' | 'runtime' | 'layers'>;

/**
 * What all functions of this library have in common: their defaults, a log group of their own, a role that allows
 * what is bound and nothing else, and a place for events that failed.
 */
export abstract class BaseFunction extends VersionedFunction {
  private readonly ownLogGroup: ILogGroup;
  /** None where there are no failures that nobody sees. */
  private readonly failureQueue: FailureQueue | undefined;

  /** @param granted what the function's bindings allow; their variables are in the environment already */
  protected constructor(scope: Construct, id: string, props: BaseFunctionProps, granted: ResolvedBindings) {
    const {
      logRetention,
      logRemovalPolicy,
      invokedSynchronously = false,
      failures,
      tracing,
      events = [],
      ...options
    } = props;
    const { filesystem, timeout, maxEventAge } = options;
    const errors = validateDurations({ timeout, maxEventAge });
    if (errors.length > 0) throw new Error(`${errors.join('\n')} (at ${constructPath(scope, id)})`);
    super(scope, id, {
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MEGABYTES,
      timeout: TIMEOUT,
      // CDK refuses both this and the old property.
      ...(options.logFormat === undefined && { loggingFormat: LoggingFormat.JSON }),
      ...definedProps(options),
      // CDK would permit the access in a second policy.
      ...(filesystem && { filesystem: { config: { ...filesystem.config, policies: [] } } }),
    });
    applyTarget(this);
    // From here on what CDK has made of the properties counts: injectors of the app's may have changed them.
    this.ownLogGroup = this.hasLogGroup()
      ? super.logGroup
      : this.createLogGroup(logRetention, logRemovalPolicy);
    this.allow(granted, filesystem?.config.policies ?? [], tracing ?? Tracing.ACTIVE);
    this.failureQueue =
      invokedSynchronously || this.hasDeadLetters() ? undefined : new FailureQueue(this, failures);
    this.acknowledgeFailures(invokedSynchronously);
    addEnvironmentCheck(this);
    // Not by CDK's constructor: some invoke asynchronously, and a queue for failures can be made from now on only.
    for (const event of events) this.addEventSource(event);
  }

  /** The function's log group. */
  public override get logGroup(): ILogGroup {
    return this.ownLogGroup;
  }

  /** Events that failed after all retries, once something invokes the function asynchronously. */
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

  /** Configures how asynchronous events are handled; failures go to the queue unless the options name another place. */
  public override configureAsyncInvoke(options: EventInvokeConfigOptions): void {
    super.configureAsyncInvoke(this.failureQueue?.completed(options) ?? options);
  }

  /**
   * Makes a queue for events that fail after all retries, unless there is one or the function has another destination
   * for them. Called by whoever lets something invoke the function asynchronously.
   */
  public ensureFailureQueue(): void {
    this.failureQueue?.hold((options) => super.configureAsyncInvoke(options));
  }

  private hasLogGroup(): boolean {
    // With the feature flag useCdkManagedLogGroup CDK has made one, which keeps its logs for ever.
    const isOfCdk = this.node.tryRemoveChild('LogGroup');
    const { logGroup } = (resourceOf(this).loggingConfig ?? {}) as CfnFunction.LoggingConfigProperty;
    return logGroup !== undefined && !isOfCdk;
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

  private allow(granted: ResolvedBindings, files: readonly PolicyStatement[], tracing: Tracing): void {
    const resource = resourceOf(this);
    const isTraced = resource.tracingConfig === undefined && tracing !== Tracing.DISABLED;
    // CDK's own `tracing` would add a second policy.
    if (isTraced) resource.tracingConfig = { mode: tracing };
    const everywhere = [...(isTraced ? [traces()] : []), ...(this.isBoundToVpc ? [networkInterfaces()] : [])];
    const statements = [
      logStatement(this.logGroup),
      ...everywhere.map(({ statement }) => statement),
      ...files,
      ...granted.statements,
    ];
    const isOwn = this.role !== undefined && this.role === this.node.tryFindChild('ServiceRole');
    setPolicy(this, statements, granted.wildcards, isOwn);
    if (isOwn && this.role) acknowledgeEverywhere(this.role, [...everywhere, ...fileSystems(files)]);
  }

  private hasDeadLetters(): boolean {
    return this.deadLetterQueue !== undefined || this.deadLetterTopic !== undefined;
  }

  private acknowledgeFailures(synchronous: boolean): void {
    if (this.hasDeadLetters()) return;
    const reason = synchronous
      ? 'Every caller waits for the answer and sees the failure; a dead-letter queue serves asynchronous invocations only.'
      : 'A destination for failures, which unlike a dead-letter queue also holds the error, is added with the first permission to invoke asynchronously.';
    acknowledge(this, { 'Serverless-LambdaDLQ': reason });
  }
}
