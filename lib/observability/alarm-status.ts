import {
  AlarmStatusWidget,
  CfnAlarm,
  CfnCompositeAlarm,
  type IAlarm,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { ArnFormat, Names, type Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { LIMITS } from '../quotas/limits.js';

export type AnyAlarm = CfnAlarm | CfnCompositeAlarm;

export function isAlarm(node: IConstruct): node is AnyAlarm {
  return node instanceof CfnAlarm || node instanceof CfnCompositeAlarm;
}

const MAX_ALARMS = LIMITS.dashboard.alarmsOfWidget;

/** Width of a dashboard. */
const WIDTH = 24;

/**
 * Creates the status widgets; CloudWatch accepts 1 to 100 alarms for each.
 *
 * @param own the stack of the dashboard, whose alarms need no name
 */
export function alarmStatus(stacks: readonly Stack[], own: Stack): IWidget[] {
  const alarms = stacks.flatMap((stack) =>
    stack.node
      .findAll()
      .filter(isAlarm)
      .flatMap((alarm) => arnOfAlarm(alarm, stack) ?? (alarm.stack === own ? alarm.attrArn : [])),
  );
  return Array.from({ length: Math.ceil(alarms.length / MAX_ALARMS) }, (_, at) => {
    const part = alarms.slice(at * MAX_ALARMS, (at + 1) * MAX_ALARMS);
    return new AlarmStatusWidget({
      title: at === 0 ? 'Alarms' : `Alarms (${at + 1})`,
      alarms: part.map((arn) => ({ alarmRef: { alarmArn: arn } }) as IAlarm),
      width: WIDTH,
      height: Math.max(2, Math.ceil(part.length / 4)),
    });
  });
}

/**
 * Names an alarm of another stack than the dashboard's, so that the dashboard can show it without an export. CDK's own
 * alarms have no name.
 */
export function nameForDashboard(alarm: AnyAlarm, own: Stack): void {
  const { stackName } = topOf(alarm.stack);
  if (nameOf(alarm) !== undefined || alarm.stack === own || Token.isUnresolved(stackName)) return;
  const maxLength = LIMITS.alarm.nameCharacters - stackName.length - 1;
  alarm.alarmName = `${stackName}-${Names.uniqueResourceName(alarm, { maxLength, separator: '-' })}`;
}

/** Returns the name, which CDK generates later: a reference if it is not known yet, undefined without a name. */
function nameOf({ alarmName, stack }: AnyAlarm): unknown {
  return stack.resolve(alarmName);
}

function topOf(stack: Stack): Stack {
  return stack.nestedStackParent ? topOf(stack.nestedStackParent) : stack;
}

/** Returns the ARN of an alarm with a name; without one it is known in its stack only. */
function arnOfAlarm(alarm: AnyAlarm, stack: Stack): string | undefined {
  const alarmName = nameOf(alarm);
  if (typeof alarmName !== 'string') return undefined;
  return stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: alarmName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
