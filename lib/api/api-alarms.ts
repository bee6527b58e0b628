import type { RestApiBase } from 'aws-cdk-lib/aws-apigateway';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface ApiAlarmProps {
  /** Where alarms are sent to. @default - nowhere: they show in the console only */
  readonly topic?: ITopic;
  /** Share of requests, in percent, that may fail with a 5xx within five minutes. @default 1 */
  readonly serverErrorPercent?: number;
  /** What 99 of 100 requests must be faster than. @default Duration.seconds(3) */
  readonly latencyP99?: Duration;
}

/**
 * Two alarms at the entry: $0.20 a month. Each wants two bad periods of three, so that one blip wakes nobody,
 * and a time without requests is a good one.
 */
export function addApiAlarms(
  scope: Construct,
  api: RestApiBase,
  name: string,
  props: ApiAlarmProps,
): Alarm[] {
  const { serverErrorPercent = 1, latencyP99 = Duration.seconds(3) } = props;
  const metric = (metricName: string, statistic: string) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      statistic,
      period: Duration.minutes(5),
      dimensionsMap: { ApiName: api.restApiName, Stage: api.deploymentStage.stageName },
    });
  const shared = {
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  };
  const alarms = [
    new Alarm(scope, 'ServerErrors', {
      ...shared,
      metric: metric('5XXError', 'Average'),
      threshold: serverErrorPercent / 100,
      alarmDescription: `More than ${serverErrorPercent}% of the requests to the API ${name} fail with a 5xx. Look for "The operation failed" in the logs of its functions.`,
    }),
    new Alarm(scope, 'SlowResponses', {
      ...shared,
      metric: metric('Latency', 'p99'),
      threshold: latencyP99.toMilliseconds(),
      alarmDescription: `One of a hundred requests to the API ${name} takes longer than ${latencyP99.toMilliseconds()} ms. Look at the slowest traces of its functions.`,
    }),
  ];
  if (props.topic) {
    const action = new SnsAction(props.topic);
    for (const alarm of alarms) alarm.addAlarmAction(action);
  }
  return alarms;
}
