import type { Template } from 'aws-cdk-lib/assertions';

/** Expects an alarm that is on when no check has succeeded for a time: it failed, timed out or was not started. */
export function expectAlarmWithoutSuccess(template: Template, check: string, Period: number): void {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Metrics: [
      { Expression: 'FILL(succeeded, 0)', Id: 'expr_1', Label: 'Checks that succeeded' },
      {
        Id: 'succeeded',
        MetricStat: {
          Metric: {
            Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: check } }],
            MetricName: 'ExecutionsSucceeded',
            Namespace: 'AWS/States',
          },
          Period,
          Stat: 'Sum',
        },
        ReturnData: false,
      },
    ],
    ComparisonOperator: 'LessThanOrEqualToThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    TreatMissingData: 'breaching',
  });
}
