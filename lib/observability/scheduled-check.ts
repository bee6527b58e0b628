import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
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
  /** States in JSONata, the first one first. A check that ends in a Fail state, or cannot be made, counts as failed. */
  readonly states: Readonly<Record<string, object>>;
  /** Replaces `${Name}` in the states. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** Permissions of the check. */
  readonly statements: PolicyStatement[];
  /** Queue with an alarm: receives a message when the rule cannot start the check. */
  readonly deadLetterQueue: IQueue;
}

/**
 * A check of what CloudWatch has no metric of: an express state machine, started by a rule, that calls the API of the
 * service and fails if something is wrong.
 *
 * A state machine needs no code, no bundle and no custom metric ($0.30 a month each): the alarm is on its own
 * `ExecutionsFailed`, which also counts checks that could not be made, for a missing permission above all.
 * https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 *
 * Costs $1.00 for a million checks: less than a cent a month for 8,640, every five minutes, and their time (us-east-1,
 * https://aws.amazon.com/step-functions/pricing/).
 */
export class ScheduledCheck extends Construct {
  readonly stateMachine: StateMachine;
  private readonly every: Duration;

  constructor(scope: Construct, id: string, props: ScheduledCheckProps) {
    super(scope, id);
    const { description, every, states, substitutions, statements, deadLetterQueue } = props;
    this.every = every;
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
          States: states,
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
    new Rule(this, 'Rule', {
      description,
      schedule: Schedule.rate(every),
      targets: [
        new SfnStateMachine(this.stateMachine, { input: RuleTargetInput.fromObject({}), deadLetterQueue }),
      ],
    });
  }

  /** Adds an alarm on failed checks: on when `badPeriods` of the last `periods` checks have failed. */
  addAlarm(scope: Construct, id: string, definition: Omit<AlarmDefinition, 'metric' | 'threshold'>): Alarm {
    return addAlarm(scope, id, {
      metric: this.stateMachine.metricFailed({ period: this.every }),
      threshold: 0,
      ...definition,
    });
  }
}
