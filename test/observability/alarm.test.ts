import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { NestedStack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { runbook as showRunbook } from '../../lib/cli/runbook.js';
import { type AlarmDefinition, addAlarm } from '../../lib/observability/alarm.js';
import { RUNBOOKS, runbookText } from '../../lib/observability/runbook.js';
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
      AlarmDescription: Match.stringLikeRegexp(
        '^It fails\\. Repair it\\.\n1\\. Read one: [^]*\nMore: npx trellis runbook failed-events$',
      ),
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

  it('rejects a context that is not a URL', () => {
    const stack = newStack({ 'trellis:runbooks': 'wiki' });
    expect(() => addAlarm(stack, 'Slow', definition)).toThrow(
      'The context `trellis:runbooks` must be a URL to which the name of a runbook is appended, as in https://wiki.example.com/runbooks#, got "wiki"',
    );
  });
});

describe('the runbook', () => {
  const root = join(__dirname, '../..');
  const page = readFileSync(join(root, 'docs/runbooks.md'), 'utf8');

  it.each(RUNBOOKS)('%s is a section of the page, and is shown by the command', (name) => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => {});
    showRunbook(name);
    expect(log.mock.calls[0]?.[0]).toMatch(new RegExp(`^${name}\\n\\n[^]*\\n1\\. `));
    expect(log.mock.calls[0]?.[0]).not.toContain('\n## ');
    log.mockRestore();
  });

  it('has no section that no alarm leads to', () => {
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading).sort()).toEqual(
      [...RUNBOOKS].sort(),
    );
  });

  it('that does not exist is refused with those that do', () => {
    expect(() => showRunbook('nothing')).toThrow(
      'Unknown runbook "nothing". The runbooks are failing-requests, ',
    );
  });

  it.each(RUNBOOKS)('%s leaves room in a description for what the alarm is about', (name) => {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    expect(runbookText(newStack(), name).length).toBeLessThanOrEqual(1024 - 600);
  });

  it('is in the package that is published', () => {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(files).toContain('docs');
  });
});
