import { type Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addAlarm } from './alarm.js';

/** Metrics of failures that could not be delivered to their destination; nothing else records them. */
const METRICS = [
  {
    id: 'LambdaDestinations',
    what: 'a function could not write a failed event to its destination',
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    query: 'SELECT SUM(DestinationDeliveryFailures) FROM SCHEMA("AWS/Lambda", FunctionName)',
  },
  {
    id: 'LambdaDeadLetters',
    what: 'a function could not write a failed event to its dead-letter queue',
    query: 'SELECT SUM(DeadLetterErrors) FROM SCHEMA("AWS/Lambda", FunctionName)',
  },
  {
    id: 'RuleDeadLetters',
    what: 'a rule could not write an event that it could not deliver to its dead-letter queue',
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    query: 'SELECT SUM(InvocationsFailedToBeSentToDlq) FROM SCHEMA("AWS/Events", EventBusName, RuleName)',
  },
  {
    id: 'ScheduleDeadLetters',
    what: 'a schedule could not write a run that it could not start to its dead-letter queue',
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
    query:
      'SELECT SUM(InvocationsFailedToBeSentToDeadLetterCount) FROM SCHEMA("AWS/Scheduler", ScheduleGroup)',
  },
  {
    id: 'TopicDeadLetters',
    what: 'a topic could not write a message that it could not deliver to its dead-letter queue',
    // https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
    query: 'SELECT SUM(NumberOfNotificationsFailedToRedriveToDlq) FROM SCHEMA("AWS/SNS", TopicName)',
  },
] as const;

/**
 * Adds one alarm for each service, not for each function: a query of Metrics Insights is billed by the metrics that it
 * finds, $0.10 a month each, and these metrics exist only where something was lost.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html
 */
export function addUndeliveredAlarms(scope: Construct): Alarm[] {
  return METRICS.map(({ id, what, query }) =>
    addAlarm(scope, `${id}Alarm`, {
      metric: new MathExpression({ expression: query, usingMetrics: {}, period: Duration.minutes(5) }),
      threshold: 0,
      description: `In this account and region ${what}: it is lost.`,
      runbook: 'undelivered-failures',
    }),
  );
}
