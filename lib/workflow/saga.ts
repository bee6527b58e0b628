import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, Aws, Names, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { allow } from '../bindings/bindable.js';
import type { Bindable, Bindables, Binding } from '../bindings/binding.js';
import { saga } from '../bindings/kinds/saga.js';
import { assertProps } from '../construct/assert-props.js';
import { assertValid } from '../construct/assert-valid.js';
import { definedProps } from '../construct/defined-props.js';
import { deadLetterQueue } from '../construct/queues.js';
import type { SagaResponse, SagaStart } from '../runtime/needs/saga.js';
import type { AnyCode } from './planned-step.js';
import { acknowledgeLogsAndTraces } from './private/acknowledged-permissions.js';
import { reportInterruptions } from './private/interruptions.js';
import { machineOf } from './private/machine.js';
import { INTEGRATIONS, integration, type MachinePlan } from './private/machine-plan.js';
import { maxSecondsOf, planOf } from './private/plan.js';
import { assertChecksInput, SagaFunctions } from './private/saga-functions.js';
import { validateCode } from './private/validate-code.js';
import { validateDefinition, validateRetry } from './private/validate-saga.js';
import { addSagaAlarms, usualDuration } from './saga-alarms.js';
import type { AnyDefinition, CancelModule, OutcomeModule, SagaProps } from './saga-props.js';

/** Maximum duration of an express workflow. https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
const EXPRESS_SECONDS = 5 * 60;

type Types<D extends AnyDefinition> = NonNullable<D['types']>;

/**
 * A saga: a Step Functions state machine whose steps all succeed, or are undone.
 *
 * If a step fails at all retries, or is refused, its own undo runs first, since it may have timed out after its effect,
 * then those of the earlier steps in reverse order. An undo that keeps failing waits for a person: a message in a queue
 * has the failure and the command that continues the execution, and an alarm is raised. The execution ends with a typed
 * outcome; after a technical failure it also ends as failed, so that it counts in the metric.
 *
 * Costs at rest: four alarms, $0.40 a month, and less than a cent for the half-hourly check of open executions. In use:
 * $0.025 per 1,000 transitions, two for each step and one for the end (us-east-1,
 * https://aws.amazon.com/step-functions/pricing/), and the functions' time.
 *
 * @throws Error that lists all errors: missing steps, names, timeouts, retries; an express saga that would take too long
 * @example
 * import { DataTable, Saga, defineSaga } from 'cdk-trellis';
 * import { Order } from '../contracts/fulfilment.js';
 *
 * new Saga(stack, 'Fulfilment', {
 *   definition: defineSaga(Order)
 *     .step('reserve', { do: () => import('../lambda/reserve.js'), undo: () => import('../lambda/release.js') })
 *     .step('pay', { do: () => import('../lambda/pay.js') }),
 *   bind: { stock: new DataTable(stack, 'Stock', { partitionKey: 'productId' }) },
 * });
 */
export class Saga<
    D extends AnyDefinition = AnyDefinition,
    const B extends Bindables = Bindables,
    C extends CancelModule<D> = never,
    O extends OutcomeModule<D> = never,
  >
  extends Construct
  implements Bindable<'saga'>
{
  readonly bindingKind = 'saga';
  readonly accesses = Object.keys(saga.actions);
  /** Type of the input, for the compiler only; `EventHub.on` compares it with the event's data. */
  declare readonly starts?: (input: Types<D>['input']) => void;
  /** The state machine. */
  readonly stateMachine: StateMachine;
  /** Functions by step and role: `reserve_do`, `reserve_undo`; `payment_card_do`; `saga_outcome`. */
  readonly functions: Readonly<Record<string, IFunction>>;
  /** Queue with a message for each execution that waits for a person. */
  readonly waiting: Queue;
  readonly logGroup: LogGroup;
  /** Rule that sends a message for each interrupted execution; an express saga has no such events. */
  readonly interruptions: Rule | undefined;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: SagaProps<D, B, C, O>) {
    super(scope, id);
    assertProps(this, 'Saga', props, new.target === Saga);
    const { nodes } = props.definition;
    const { cancelled, onOutcome } = props as { cancelled?: AnyCode; onOutcome?: AnyCode };
    const { retry, undoRetry } = props;
    const isExpress = props.type === 'express';
    assertValid(this, [
      ...validateDefinition(nodes, isExpress),
      ...(cancelled === undefined ? [] : validateCode('`cancelled`', cancelled)),
      ...(onOutcome === undefined ? [] : validateCode('`onOutcome`', onOutcome)),
      ...validateRetry('`retry`', retry),
      ...validateRetry('`undoRetry`', undoRetry),
    ]);
    const functions = new SagaFunctions(this, { bind: props.bind ?? {}, functions: props.functions ?? {} });
    const plan = planOf({ nodes, cancelled, onOutcome, isExpress, retry, undoRetry }, functions);
    assertValid(this, isExpress ? validateExpress(plan) : []);
    this.functions = Object.fromEntries(functions.byPlaceholder);
    const [first] = plan.nodes[0]?.steps ?? [];
    assertChecksInput(this.functions[`${first?.key}_do`], first?.title ?? '', this.node.path);
    this.waiting = deadLetterQueue(this, 'Waiting');
    this.logGroup = this.createLogGroup();
    this.stateMachine = this.createStateMachine(plan, props.stateMachine);
    this.allow();
    this.interruptions = isExpress ? undefined : reportInterruptions(this, this.stateMachine, this.waiting);
    const alarms = props.alarms ?? {};
    this.alarms =
      alarms === false
        ? []
        : addSagaAlarms(this, this.stateMachine, this.waiting, usualDuration(plan), alarms);
  }

  bindingFor(access: SagaStart<Types<D>['input']> | SagaResponse<Types<D>['responses']>): Binding {
    const { stateMachineArn } = this.stateMachine;
    const executionsArn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return saga.bind({ stateMachineArn, executionsArn }).bindingFor(access);
  }

  private createLogGroup(): LogGroup {
    return new LogGroup(this, 'LogGroup', {
      // Other names would fill the resource policy of CloudWatch Logs, which has 5,120 characters for a whole account.
      // https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
      logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 200 })}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private createStateMachine(
    plan: MachinePlan,
    overrides: SagaProps<D, B, C, O>['stateMachine'],
  ): StateMachine {
    const definition = JSON.stringify(machineOf(plan));
    const arns = Object.entries(this.functions).map(([name, { functionArn }]) => [name, functionArn]);
    return new StateMachine(this, 'StateMachine', {
      // Input and results contain personal data: the history keeps them for 90 days, the logs leave them out.
      logs: { destination: this.logGroup, level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
      ...definedProps(overrides),
      stateMachineType: plan.isExpress ? StateMachineType.EXPRESS : StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: {
        Waiting: this.waiting.queueUrl,
        ...integrationsIn(definition),
        ...Object.fromEntries(arns),
        ...overrides?.definitionSubstitutions,
      },
    });
  }

  /** Lets the machine invoke its functions, in this version only, and send to its queue. */
  private allow(): void {
    const { role } = this.stateMachine;
    const arns = Object.values(this.functions).map(({ functionArn }) => functionArn);
    role.addToPrincipalPolicy(allow('lambda', ['InvokeFunction'], [...new Set(arns)]));
    role.addToPrincipalPolicy(allow('sqs', ['SendMessage'], [this.waiting.queueArn]));
    acknowledgeLogsAndTraces(role);
  }
}

/** Returns the ARNs of the integrations in a definition. */
function integrationsIn(definition: string): Record<string, string> {
  const names = (Object.keys(INTEGRATIONS) as (keyof typeof INTEGRATIONS)[]).filter((name) =>
    definition.includes(integration(name)),
  );
  return Object.fromEntries(
    names.map((name) => [name, `arn:${Aws.PARTITION}:states:::${INTEGRATIONS[name]}`]),
  );
}

function validateExpress(plan: MachinePlan): string[] {
  const seconds = maxSecondsOf(plan);
  if (seconds <= EXPRESS_SECONDS) return [];
  return [
    `an express saga must end within ${EXPRESS_SECONDS} seconds, so that its effects can be undone, but with all retries and undos it can take ${Math.ceil(seconds)}. Lower \`timeout\`, \`retry\` and \`undoRetry\`, or remove \`type\``,
  ];
}
