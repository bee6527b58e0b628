import type { RestApiBase } from 'aws-cdk-lib/aws-apigateway';
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addAlarm } from '../../observability/alarm.js';
import type { ApiAlarmProps } from '../alarm-props.js';

/** Two bad periods of three, so that one short failure raises no alarm. */
const PERIODS = { periods: 3, badPeriods: 2 } as const;

/** Creates two alarms, on 5xx responses and on p99 latency: $0.20 a month. */
export function addApiAlarms(
  scope: Construct,
  api: RestApiBase,
  name: string,
  props: ApiAlarmProps,
): Alarm[] {
  const { serverErrorPercent = 1, latencyP99 = Duration.seconds(3), topic } = props;
  const metric = (metricName: string, statistic: string) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      statistic,
      period: Duration.minutes(5),
      dimensionsMap: { ApiName: api.restApiName, Stage: api.deploymentStage.stageName },
    });
  const shared = { ...PERIODS, ...(topic && { topic }) };
  return [
    addAlarm(scope, 'ServerErrors', {
      ...shared,
      metric: metric('5XXError', 'Average'),
      threshold: serverErrorPercent / 100,
      description: `More than ${serverErrorPercent}% of the requests to the API ${name} fail with a 5xx. Search for "The operation failed" in the logs of its functions.`,
      runbook: 'failing-requests',
    }),
    addAlarm(scope, 'SlowResponses', {
      ...shared,
      metric: metric('Latency', 'p99'),
      threshold: latencyP99.toMilliseconds(),
      description: `More than 1% of the requests to the API ${name} take longer than ${latencyP99.toMilliseconds()} ms. Look at the slowest traces of its functions.`,
      runbook: 'slow-requests',
    }),
  ];
}
