import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  type Permission,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../observability/acknowledge.js';
import type {
  HandlerModule,
  NodeFunctionOptions,
  NodeFunctionProps,
  UncheckedFunctionProps,
} from './node-function-props.js';
import { addEnvironmentCheck, functionCode } from './private/function-code.js';
import { type FunctionPlan, planFunction } from './private/function-plan.js';
import { isAsynchronousInvoker } from './private/invokers.js';
import {
  acknowledgeTracing,
  logStatement,
  resourceOf,
  setPolicy,
  traceStatement,
} from './private/own-policy.js';

export type { HandlerModule, NodeFunctionOptions, NodeFunctionProps } from './node-function-props.js';

/**
 * Lambda gives CPU by memory: at 128 MB a cold start with the SDK takes about twice as long as at 256 MB and costs
 * the same. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const MEMORY_MEGABYTES = 256;

/** Longer than any of the calls that a handler should make, shorter than the 29 s that API Gateway waits. */
const TIMEOUT = Duration.seconds(10);

/** The stack traces in logs name TypeScript lines. */
const SOURCE_MAPS = { NODE_OPTIONS: '--enable-source-maps' };

const SHARED = Symbol('bindings that other functions share');

/**
 * A function in TypeScript or JavaScript: the module is named by an import that is never run, and what its handler
 * needs is read from its source.
 *
 * Node.js 24 on arm64, 256 MB, 10 seconds, X-Ray tracing, JSON logs in a log group of its own that are kept for a
 * month, and a role that allows what the handler declared and nothing else. Costs nothing at rest.
 *
 * @example
 * import { DataTable, NodeFunction } from 'cdk-trellis';
 *
 * const orders = new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
 * new NodeFunction(stack, 'Place', { handler: () => import('../lambda/place.js'), bind: { orders } });
 *
 * @throws Error when the module cannot be found or read, when a need is not bound or bound to another kind of thing
 */
export class NodeFunction<Module extends HandlerModule = HandlerModule> extends LambdaFunction {
  /**
   * Creates a function whose bindings are shared with others: those it does not need are ignored. The compiler does
   * not check them; `BindCheck` does, for constructs that create several functions.
   */
  static unchecked(scope: Construct, id: string, props: UncheckedFunctionProps): NodeFunction {
    return new NodeFunction(scope, id, {
      ...props,
      [SHARED]: true,
    } as unknown as NodeFunctionProps<HandlerModule>);
  }

  /** Only for the compiler: the type of the module. */
  declare readonly module?: Module;
  /** The file with the handler. */
  readonly entry: string;
  /** The operation of an API that the handler implements with `route`. */
  readonly operation: string | undefined;
  private readonly ownLogGroup: ILogGroup;
  private readonly mayQueueFailures: boolean;
  private failureQueue: Queue | undefined;

  constructor(scope: Construct, id: string, props: NodeFunctionProps<Module>) {
    const { handler, bind, bundling, layers, logRetention, invokedSynchronously, tracing, ...options } =
      props as UncheckedFunctionProps;
    const plan = planFunction(scope, id, { handler, bind }, SHARED in props);
    const runtime = options.runtime ?? Runtime.NODEJS_24_X;
    const code = functionCode(scope, id, { entry: plan.entry, runtime, bundling, layers });
    super(scope, id, {
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MEGABYTES,
      timeout: TIMEOUT,
      loggingFormat: LoggingFormat.JSON,
      ...options,
      runtime,
      code: code.code,
      handler: 'index.handler',
      layers: code.layers,
      environment: { ...SOURCE_MAPS, ...plan.environment, ...options.environment },
    });
    this.entry = plan.entry;
    this.operation = plan.analysis.operation;
    this.ownLogGroup = options.logGroup ? super.logGroup : this.createLogGroup(logRetention);
    this.allow(plan, options, tracing ?? Tracing.ACTIVE);
    this.mayQueueFailures = !invokedSynchronously && !hasFailureDestination(options);
    this.acknowledgeFailures(invokedSynchronously ?? false, options);
    addEnvironmentCheck(this, () => this.stack.resolve(resourceOf(this).environment)?.variables ?? {});
  }

  /** The function's log group. */
  public override get logGroup(): ILogGroup {
    return this.ownLogGroup;
  }

  /** Events that failed after all retries, once something invokes the function asynchronously. */
  public get failures(): Queue | undefined {
    return this.failureQueue;
  }

  public override addPermission(id: string, permission: Permission): void {
    super.addPermission(id, permission);
    if (isAsynchronousInvoker(permission)) this.holdFailures();
  }

  /**
   * Makes a queue for events that fail after all retries, unless there is one or the function has another destination
   * for them. Called by whoever lets something invoke the function asynchronously.
   */
  public holdFailures(): void {
    if (!this.mayQueueFailures || this.failureQueue) return;
    this.failureQueue = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest SQS keeps a message: time to notice, repair and send them back.
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.failureQueue, {
      'AwsSolutions-SQS3': 'This is itself where failed events land; nothing consumes it automatically.',
      'Serverless-SQSRedrivePolicy':
        'This is itself where failed events land; nothing consumes it automatically.',
    });
    this.configureAsyncInvoke({ onFailure: new SqsDestination(this.failureQueue) });
    new Alarm(this, 'FailuresAlarm', {
      metric: this.failureQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `Events that ${this.node.path} failed to handle after all retries are in its queue, with the error. Repair the cause, send them to the function again, and delete them.`,
    });
  }

  private createLogGroup(retention = RetentionDays.ONE_MONTH): LogGroup {
    // With the feature flag useCdkManagedLogGroup CDK has made one, which keeps its logs for ever.
    this.node.tryRemoveChild('LogGroup');
    const logGroup = new LogGroup(this, 'LogGroup', { retention, removalPolicy: RemovalPolicy.DESTROY });
    const resource = resourceOf(this);
    resource.loggingConfig = { ...resource.loggingConfig, logGroup: logGroup.logGroupName };
    return logGroup;
  }

  private allow(plan: FunctionPlan, options: NodeFunctionOptions, tracing: Tracing): void {
    const isTraced = tracing !== Tracing.DISABLED;
    const isOwn = options.role === undefined;
    // CDK's own `tracing` would add a second policy.
    if (isTraced) resourceOf(this).tracingConfig = { mode: tracing };
    const traces = isTraced ? [traceStatement()] : [];
    setPolicy(this, [logStatement(this.logGroup), ...traces, ...plan.statements], plan.wildcards, isOwn);
    if (isTraced && isOwn && this.role) acknowledgeTracing(this.role);
  }

  private acknowledgeFailures(synchronous: boolean, options: NodeFunctionOptions): void {
    if (options.deadLetterQueue || options.deadLetterTopic || options.deadLetterQueueEnabled) return;
    const reason = synchronous
      ? 'Every caller waits for the answer and sees the failure; a dead-letter queue serves asynchronous invocations only.'
      : 'A destination for failures, which unlike a dead-letter queue also holds the error, is added with the first permission to invoke asynchronously.';
    acknowledge(this, { 'Serverless-LambdaDLQ': reason });
  }
}

/** An own configuration of asynchronous invocations cannot be extended: it is the user's then. */
function hasFailureDestination(options: NodeFunctionOptions): boolean {
  const { onFailure, onSuccess, maxEventAge, retryAttempts } = options;
  const { deadLetterQueue, deadLetterTopic, deadLetterQueueEnabled } = options;
  const own = [onFailure, onSuccess, maxEventAge, retryAttempts, deadLetterQueue, deadLetterTopic];
  return deadLetterQueueEnabled === true || own.some((option) => option !== undefined);
}
