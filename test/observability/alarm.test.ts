import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { NestedStack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type AlarmDefinition, addAlarm } from '../../lib/observability/alarm.js';
import { RUNBOOKS } from '../../lib/observability/runbook.js';
import { newStack } from '../support/template.js';

const definition: AlarmDefinition = {
  metric: new Metric({ namespace: 'Shop', metricName: 'Failures' }),
  threshold: 3,
  description: 'It fails. Repair it.',
  runbook: 'failed-events',
};

describe('an alarm', () => {
  it('is named after its stack and construct, quiet without data, and leads to a runbook', () => {
    const stack = newStack();
    addAlarm(new Construct(stack, 'Worker'), 'DeadLetters', definition);
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Stack-Worker-DeadLetters',
      AlarmDescription: 'It fails. Repair it.\nhttps://unpkg.com/cdk-trellis/docs/runbooks.md#failed-events',
      Threshold: 3,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: Match.absent(),
    });
  });

  it('can want several bad periods', () => {
    const stack = newStack();
    addAlarm(stack, 'Slow', { ...definition, periods: 3, badPeriods: 2 });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
  });

  it('can have a topic of its own', () => {
    const stack = newStack();
    addAlarm(stack, 'Slow', { ...definition, topic: new Topic(stack, 'Topic') });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
  });

  it('of a nested stack, whose name is not known, is named by CloudFormation', () => {
    const nested = new NestedStack(newStack(), 'Nested');
    addAlarm(nested, 'Slow', definition);
    Template.fromStack(nested).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.absent() });
  });

  it("leads to the user's own runbooks when the context names them", () => {
    const stack = newStack({ 'trellis:runbooks': 'https://wiki.example.com/' });
    addAlarm(stack, 'Slow', definition);
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('https://wiki.example.com/failed-events$'),
    });
  });

  it('refuses a context that is no address', () => {
    const stack = newStack({ 'trellis:runbooks': 'wiki' });
    expect(() => addAlarm(stack, 'Slow', definition)).toThrow(
      'The context `trellis:runbooks` must be an address that the name of a runbook is appended to, as in https://wiki.example.com/runbooks#, got "wiki"',
    );
  });
});

it.each(RUNBOOKS)('the runbook %s is written', (name) => {
  const text = readFileSync(join(__dirname, '../../docs/runbooks.md'), 'utf8');
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replaceAll(' ', '-'),
  );
  expect(headings).toContain(name);
});
