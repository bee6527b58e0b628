import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Aws, Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { allow } from '../../bindings/bindable.js';
import type { AlarmTarget } from '../../observability/alarm.js';
import { ScheduledCheck } from '../../observability/scheduled-check.js';

export interface UnreadAlarmProps extends AlarmTarget {
  /** Path of the table. */
  readonly table: string;
  readonly eventSource: IEventSourceMapping;
}

export const UNREAD_ERROR = 'StreamNotRead';

/**
 * Adds an alarm on a stream that the Outbox does not read: its event source mapping is disabled, was deleted, or has
 * lost a permission.
 *
 * No metric proves it. `IteratorAge` has no value without an invocation, and a function without invocations is normal:
 * the filter skips writes without an event, so that writes to the table prove nothing either. The latency of `GetRecords`
 * belongs to the stream and includes its other readers. The metrics of an event source mapping are absent, like
 * `IteratorAge`, when nothing is polled, and are billed. The mapping itself has its state and the result of its last
 * attempt to read: https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
 *
 * All checks of a quarter of an hour must fail: a mapping that a deployment changes is disabled for a minute, and a single failed batch
 * is a problem that Lambda retries.
 */
export function addUnreadAlarm(scope: Construct, props: UnreadAlarmProps): Alarm {
  const { table, eventSource, topic } = props;
  const { eventSourceMappingArn, eventSourceMappingId } = eventSource;
  const check = new ScheduledCheck(scope, 'UnreadCheck', {
    description: `Checks that the stream of ${table} is read`,
    every: Duration.minutes(5),
    states: UNREAD_STATES,
    substitutions: {
      EventSource: eventSourceMappingId,
      GetEventSource: `arn:${Aws.PARTITION}:states:::aws-sdk:lambda:getEventSourceMapping`,
    },
    statements: [allow('lambda', ['GetEventSourceMapping'], [eventSourceMappingArn])],
  });
  return check.addAlarm(scope, 'UnreadAlarm', Duration.minutes(15), {
    description: `The stream of ${table} is not read, or no check of it could be made for a quarter of an hour (also if it is new, and has none yet): its events wait, and DynamoDB keeps them for a day. The event source mapping has the UUID ${eventSourceMappingId}.`,
    runbook: 'unread-streams',
    ...(topic && { topic }),
  });
}

const isRead =
  '$states.input.State = "Enabled" and $not($contains($states.input.LastProcessingResult, "PROBLEM"))';
const cause =
  '"The event source mapping is " & $states.input.State & ", the result of its last attempt is: " & $states.input.LastProcessingResult';

/** States of the check. A deleted mapping fails the first one. */
export const UNREAD_STATES: Readonly<Record<string, object>> = {
  'Get the event source': {
    Type: 'Task',
    Resource: '${GetEventSource}',
    Arguments: { Uuid: '${EventSource}' },
    Retry: [
      { ErrorEquals: ['Lambda.ResourceNotFoundException'], MaxAttempts: 0 },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 3, BackoffRate: 2 },
    ],
    Output: {
      State: '{% $states.result.State %}',
      // A mapping that has not read yet may lack it.
      LastProcessingResult:
        '{% $exists($states.result.LastProcessingResult) ? $states.result.LastProcessingResult : "none" %}',
    },
    Next: 'Is it read?',
  },
  'Is it read?': {
    Type: 'Choice',
    Choices: [{ Condition: `{% ${isRead} %}`, Next: 'Read' }],
    Default: 'Not read',
  },
  'Not read': { Type: 'Fail', Error: UNREAD_ERROR, Cause: `{% ${cause} %}` },
  Read: { Type: 'Succeed' },
};
