import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { LIMITS } from '../quotas/limits.js';
import { type Runbook, runbookText } from './runbook.js';

/** Options of every construct with alarms. */
export interface AlarmTarget {
  /** Topic of the alarms. @default - the topic of the app's `Monitoring`; without one, alarms appear in the console only */
  readonly topic?: ITopic;
}

export interface AlarmDefinition extends AlarmTarget {
  readonly metric: IMetric;
  /** Value above which the alarm is on. */
  readonly threshold: number;
  /** Inverts the alarm, for activity that must happen: on when the metric is not above the threshold or has no data. @default false */
  readonly expected?: boolean;
  /** Number of periods to evaluate. @default 1 */
  readonly periods?: number;
  /** Number of periods that must breach the threshold. @default - all of `periods` */
  readonly badPeriods?: number;
  /** Meaning and remedy, in a sentence or two: with the first steps, a description has at most 1,024 characters. */
  readonly description: string;
  /** Section of docs/runbooks.md with the details. */
  readonly runbook: Runbook;
}

/**
 * Adds an alarm with the library's defaults: missing data does not breach (unless activity is expected), the name
 * contains stack and construct, and the description has the first steps of its runbook. $0.10 a month.
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

/** Returns a name known at synth, so that a dashboard of another stack can show the alarm. */
function alarmName(scope: Construct, id: string): string | undefined {
  const { stackName } = Stack.of(scope);
  if (Token.isUnresolved(stackName)) return undefined;
  const path = Names.stackRelativeConstructPath(scope).split('/');
  return [stackName, ...path, id]
    .filter((part) => part !== '')
    .join('-')
    .slice(0, LIMITS.alarm.nameCharacters);
}
