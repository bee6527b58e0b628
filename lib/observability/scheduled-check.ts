import { type Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../construct/acknowledge.js';
import { type AlarmDefinition, addAlarm } from './alarm.js';

export interface ScheduledCheckProps {
  /** Description of the rule and of the state machine. */
  readonly description: string;
  /** Time between two checks. */
  readonly every: Duration;
  /** States in JSONata, the first one first. Something is wrong if the check ends in a Fail state, or cannot be made. */
  readonly states: Readonly<Record<string, object>>;
  /** Replaces `${Name}` in the states. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** Permissions of the check. */
  readonly statements: PolicyStatement[];
}

/**
 * Limit of each call, in seconds: its four attempts fit into the five minutes of an express workflow, which Step
 * Functions ends without the cause.
 */
const TIMEOUT_SECONDS = 30;

/**
 * A check of what CloudWatch has no metric of: an express state machine, started by a rule, that calls the API of the
 * service and fails if something is wrong.
 *
 * A state machine needs no code, no bundle and no custom metric ($0.30 a month each): the alarm is on its own
 * `ExecutionsSucceeded`. A check that fails, times out, may not call the service, or is never started, because its rule
 * is disabled or was deleted, does not succeed. So the rule needs no dead-letter queue.
 * https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 *
 * Costs $1.00 for a million checks: less than a cent a month for 8,640, every five minutes, and their time (us-east-1,
 * https://aws.amazon.com/step-functions/pricing/).
 */
export class ScheduledCheck extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: ScheduledCheckProps) {
    super(scope, id);
    const { description, every, states, substitutions, statements } = props;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: { Check: new PolicyDocument({ statements }) },
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: description,
      stateMachineType: StateMachineType.EXPRESS,
      role,
      definitionBody: DefinitionBody.fromString(
        JSON.stringify({
          Comment: description,
          QueryLanguage: 'JSONata',
          StartAt: Object.keys(states)[0],
          States: withTimeouts(states),
        }),
      ),
      definitionSubstitutions: { ...substitutions },
    });
    const reason =
      'The metric of a check has its result; `aws stepfunctions start-sync-execution` repeats it with its cause.';
    acknowledge(this.stateMachine, {
      'AwsSolutions-SF1': reason,
      'AwsSolutions-SF2': reason,
      'Serverless-StepFunctionStateMachineXray': reason,
    });
    const rule = new Rule(this, 'Rule', {
      description,
      schedule: Schedule.rate(every),
      targets: [new SfnStateMachine(this.stateMachine, { input: RuleTargetInput.fromObject({}) })],
    });
    acknowledge(rule, {
      'Serverless-EventBusDLQ':
        'A check that is not started does not succeed, which is what the alarm is on.',
    });
  }

  /**
   * Adds an alarm that is on while no check has succeeded for a time, also before the first check.
   *
   * @param within at least twice the time between two checks: they are not made at the same second of each period
   */
  addAlarm(
    scope: Construct,
    id: string,
    within: Duration,
    definition: Omit<AlarmDefinition, 'metric' | 'threshold' | 'expected' | 'periods' | 'badPeriods'>,
  ): Alarm {
    return addAlarm(scope, id, {
      // Without a value, CloudWatch would evaluate older periods instead of this one.
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
      metric: new MathExpression({
        expression: 'FILL(succeeded, 0)',
        usingMetrics: { succeeded: this.stateMachine.metricSucceeded({ statistic: 'Sum' }) },
        label: 'Checks that succeeded',
        period: within,
      }),
      threshold: 0,
      expected: true,
      ...definition,
    });
  }
}

function withTimeouts(states: Readonly<Record<string, object>>): Record<string, object> {
  const limited = (state: object) =>
    'Type' in state && state.Type === 'Task' ? { TimeoutSeconds: TIMEOUT_SECONDS, ...state } : state;
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, limited(state)]));
}
