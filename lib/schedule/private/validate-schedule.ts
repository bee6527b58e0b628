import { type Duration, Token } from 'aws-cdk-lib/core';
import type { CronJobOptions } from '../cron-job-props.js';

const DAY = 24 * 60 * 60;

/** Validates everything that the Scheduler or CloudWatch would reject. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
export function validateSchedule({
  flexibleWindow,
  maxEventAge,
  retryAttempts,
  alarms,
}: CronJobOptions): string[] {
  const missedAfter = alarms ? alarms.missedAfter || undefined : undefined;
  return [
    ...validateRange('flexibleWindow', flexibleWindow, 60, DAY, 'a minute to a day'),
    ...validateRange('maxEventAge', maxEventAge, 60, DAY, 'a minute to a day'),
    ...validateRange('alarms.missedAfter', missedAfter, 300, 7 * DAY, 'five minutes to a week'),
    ...validateAttempts(retryAttempts),
  ];
}

function validateRange(
  name: string,
  value: Duration | undefined,
  min: number,
  max: number,
  range: string,
): string[] {
  if (!value || value.isUnresolved()) return [];
  const seconds = value.toSeconds();
  return seconds >= min && seconds <= max
    ? []
    : [`\`${name}\` must be ${range}, got ${value.toHumanString()}`];
}

function validateAttempts(value: number | undefined): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  if (Number.isInteger(value) && value >= 0 && value <= 185) return [];
  return [`\`retryAttempts\` must be a whole number from 0 to 185, got ${value}`];
}
