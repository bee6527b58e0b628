import { CfnStage } from 'aws-cdk-lib/aws-apigateway';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { costAtRest } from '../../lib/observability/cost-at-rest.js';
import { newStack } from '../support/template.js';

const metric = new Metric({ namespace: 'Shop', metricName: 'Failures' });

describe('what an app costs at rest', () => {
  it('is nothing for what is billed by use', () => {
    const stack = newStack();
    new Queue(stack, 'Queue');
    new CfnStage(stack, 'Stage', { restApiId: 'api' });
    expect(costAtRest(stack)).toEqual({ monthly: 0, lines: [] });
  });

  it('is summed up by kind, the dearest first', () => {
    const stack = newStack();
    for (const id of ['A', 'B', 'C']) new Alarm(stack, id, { metric, threshold: 1, evaluationPeriods: 1 });
    new Key(stack, 'Key');
    expect(costAtRest(stack)).toEqual({
      monthly: 1.3,
      lines: [
        { what: 'KMS keys', count: 1, monthly: 1 },
        { what: 'alarms', count: 3, monthly: 0.3 },
      ],
    });
  });

  it('has the cache of an API by its size', () => {
    const stack = newStack();
    new CfnStage(stack, 'Small', { restApiId: 'api', cacheClusterEnabled: true });
    new CfnStage(stack, 'Large', { restApiId: 'api', cacheClusterEnabled: true, cacheClusterSize: '6.1' });
    expect(costAtRest(stack)).toEqual({
      monthly: 160.6,
      lines: [{ what: 'API caches', count: 2, monthly: 160.6 }],
    });
  });

  it('has a web ACL with its rules', () => {
    const stack = newStack();
    const visibilityConfig = {
      cloudWatchMetricsEnabled: true,
      metricName: 'a',
      sampledRequestsEnabled: true,
    };
    new CfnWebACL(stack, 'Acl', {
      defaultAction: { allow: {} },
      scope: 'REGIONAL',
      visibilityConfig,
      rules: [{ name: 'a', priority: 0, statement: {}, visibilityConfig, action: { block: {} } }],
    });
    expect(costAtRest(stack).monthly).toBe(6);
  });
});
