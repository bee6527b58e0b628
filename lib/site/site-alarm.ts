import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { type Alarm, type CfnAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Annotations, Aws, CfnCondition, Duration, Fn, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addAlarm } from '../observability/alarm.js';
import type { SiteAlarmProps } from './site-props.js';

/** The region of CloudFront's metrics; an alarm can use metrics of its own region only. */
const METRICS_REGION = 'us-east-1';

/** Creates the alarm on failing requests. In a region-agnostic stack it exists only when deployed to us-east-1. */
export function addSiteAlarm(
  scope: Construct,
  { distributionId }: Distribution,
  props: SiteAlarmProps,
): Alarm[] {
  const { serverErrorPercent = 1, topic } = props;
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region) && region !== METRICS_REGION) {
    Annotations.of(scope).addWarningV2(
      'cdk-trellis:siteAlarm',
      `The site has no alarm: CloudFront's metrics are in ${METRICS_REGION}, and this stack is in ${region}. Move the site to a stack in ${METRICS_REGION}, and pass the APIs and users of ${region} themselves, with \`crossRegionReferences: true\` for both stacks: what they publish is in their region only. Or create the alarm in ${METRICS_REGION} and set \`alarms: false\`.`,
    );
    return [];
  }
  const alarm = addAlarm(scope, 'ServerErrors', {
    metric: new Metric({
      namespace: 'AWS/CloudFront',
      metricName: '5xxErrorRate',
      statistic: 'Average',
      period: Duration.minutes(5),
      dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
    }),
    threshold: serverErrorPercent,
    periods: 3,
    badPeriods: 2,
    description: `More than ${serverErrorPercent}% of the requests to the site ${scope.node.path} fail with a 5xx.`,
    runbook: 'failing-site',
    topic,
  });
  if (Token.isUnresolved(region)) {
    const expression = Fn.conditionEquals(Aws.REGION, METRICS_REGION);
    const { cfnOptions } = alarm.node.defaultChild as CfnAlarm;
    cfnOptions.condition = new CfnCondition(scope, 'HasMetrics', { expression });
  }
  return [alarm];
}
