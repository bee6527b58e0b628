import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type Runbook, runbookText } from './runbook.js';

/** What every construct with alarms takes. */
export interface AlarmTarget {
  /** Where alarms are sent to. @default - the topic of the app's `Monitoring`; without one they show in the console only */
  readonly topic?: ITopic;
}

export interface AlarmDefinition extends AlarmTarget {
  readonly metric: IMetric;
  /** The alarm is on when the metric is greater. */
  readonly threshold: number;
  /** For what must happen: the alarm is on when the metric is not greater, or has no data. @default false */
  readonly expected?: boolean;
  /** How many periods are looked at. @default 1 */
  readonly periods?: number;
  /** How many of them must be bad. @default - all */
  readonly badPeriods?: number;
  /** What it means and what to do, in a sentence or two: with the first steps, a description has 1,024 characters. */
  readonly description: string;
  /** The section of docs/runbooks.md that says more. */
  readonly runbook: Runbook;
}

/**
 * An alarm as the constructs of this library make them: a time without data is a good one (unless something is
 * expected), the name says which
 * stack and construct it is about, and the description has the first steps of its runbook. $0.10 a month.
 */
export function addAlarm(scope: Construct, id: string, definition: AlarmDefinition): Alarm {
  const { metric, threshold, periods = 1, badPeriods = periods, description, runbook, topic } = definition;
  const { expected = false } = definition;
  const name = alarmName(scope, id);
  const alarm = new Alarm(scope, id, {
    ...(name && { alarmName: name }),
    alarmDescription: `${description}\n${runbookText(scope, runbook)}`,
    metric,
    threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: badPeriods,
    comparisonOperator: expected
      ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
      : ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: expected ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  if (topic) alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

/** Longest name of an alarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_NAME_LENGTH = 255;

/** A name that CloudFormation does not make up, so that a dashboard of another stack can show the alarm. */
function alarmName(scope: Construct, id: string): string | undefined {
  const { stackName } = Stack.of(scope);
  if (Token.isUnresolved(stackName)) return undefined;
  const path = Names.stackRelativeConstructPath(scope).split('/');
  return [stackName, ...path, id]
    .filter((part) => part !== '')
    .join('-')
    .slice(0, MAX_NAME_LENGTH);
}
