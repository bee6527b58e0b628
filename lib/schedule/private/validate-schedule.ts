import { type Duration, Token } from 'aws-cdk-lib/core';
import { validateDurations } from '../../construct/duration.js';
import type { CronJobOptions } from '../cron-job-props.js';

const DAY = 24 * 60 * 60;

/** Everything that the Scheduler or CloudWatch would refuse. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
export function validateSchedule({
  schedule,
  flexibleWindow,
  maxEventAge,
  retryAttempts,
  alarms,
}: CronJobOptions): string[] {
  const missedAfter = alarms ? alarms.missedAfter || undefined : undefined;
  const durations = validateDurations({ flexibleWindow, maxEventAge, 'alarms.missedAfter': missedAfter });
  if (durations.length > 0) return durations;
  return [
    ...(typeof schedule?.expressionString === 'string'
      ? []
      : [
          `\`schedule\` must be a ScheduleExpression of aws-scheduler, as in \`ScheduleExpression.rate(Duration.hours(1))\`, got ${typeof schedule === 'string' ? `"${schedule}"` : typeof schedule}`,
        ]),
    ...outside('flexibleWindow', flexibleWindow, 60, DAY, 'a minute to a day'),
    ...outside('maxEventAge', maxEventAge, 60, DAY, 'a minute to a day'),
    ...outside('alarms.missedAfter', missedAfter, 300, 7 * DAY, 'five minutes to a week'),
    ...attempts(retryAttempts),
  ];
}

function outside(
  name: string,
  given: Duration | undefined,
  least: number,
  most: number,
  range: string,
): string[] {
  if (!given || given.isUnresolved()) return [];
  const seconds = given.toSeconds();
  return seconds >= least && seconds <= most
    ? []
    : [`\`${name}\` must be ${range}, got ${given.toHumanString()}`];
}

function attempts(given: number | undefined): string[] {
  if (given === undefined || Token.isUnresolved(given)) return [];
  if (Number.isInteger(given) && given >= 0 && given <= 185) return [];
  return [`\`retryAttempts\` must be a whole number from 0 to 185, got ${given}`];
}
