import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { ScheduledCheck } from '../../lib/observability/scheduled-check.js';
import { expectAlarmWithoutSuccess } from '../support/check-alarm.js';

const call = { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:sqs:listQueues', Next: 'Right' };

function checkWith(states: Record<string, object>) {
  const stack = new Stack(new App(), 'Shop');
  const check = new ScheduledCheck(stack, 'Check', {
    description: 'Checks',
    every: Duration.minutes(5),
    states,
    substitutions: {},
    statements: [new PolicyStatement({ actions: ['sqs:ListQueues'], resources: ['*'] })],
  });
  check.addAlarm(stack, 'Alarm', Duration.minutes(10), {
    description: 'Something is wrong.',
    runbook: 'unread-streams',
  });
  return Template.fromStack(stack);
}

describe('a scheduled check', () => {
  it('has an alarm that is on unless a check has succeeded, so that one that is not made is not silent', () => {
    const template = checkWith({ Call: call, Right: { Type: 'Succeed' } });
    const [id] = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));
    expectAlarmWithoutSuccess(template, id!, 600);
  });

  it('limits each call to 30 seconds, unless its state has a limit', () => {
    const template = checkWith({
      Call: { ...call, Next: 'Slow' },
      Slow: { ...call, TimeoutSeconds: 60 },
      Right: { Type: 'Succeed' },
    });
    const [machine] = Object.values<any>(template.findResources('AWS::StepFunctions::StateMachine'));
    expect(JSON.parse(machine.Properties.DefinitionString).States).toMatchObject({
      Call: { TimeoutSeconds: 30 },
      Slow: { TimeoutSeconds: 60 },
      Right: { Type: 'Succeed' },
    });
  });
});
