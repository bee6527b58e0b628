import { Duration } from 'aws-cdk-lib/core';

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Tolerance for a late run, and for the additional hour of the day on which summer time ends. */
const SLACK_HOURS = 2;

/** Maximum evaluation range of CloudWatch alarms. */
const MAX_HOURS = 7 * 24;

const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 24 * 3600 };

/**
 * Returns the longest time between two runs, with some tolerance.
 *
 * @returns undefined if it is longer than a week, or the schedule fires once
 */
export function longestPause(expression: string): Duration | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return withinWeek(Math.max(900, 2 * Number(rate[1]) * SECONDS[rate[2]!]!));
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) return undefined;
  const [, hours = '', days = '', months, weekdays = '', years] = fields;
  const isOpen = (field = '') => ['*', '?'].includes(field);
  if (!isOpen(days) || !isOpen(months) || !isOpen(years)) return undefined;
  if (isOpen(weekdays)) return Duration.hours(hours === '*' ? 2 : 24 + SLACK_HOURS);
  const pause = longestRest(weekdays);
  return pause === undefined ? undefined : withinWeek((pause * 24 + SLACK_HOURS) * 3600);
}

function withinWeek(seconds: number): Duration | undefined {
  return seconds <= MAX_HOURS * 3600 ? Duration.seconds(seconds) : undefined;
}

/** Returns the maximum days from one of the weekdays to the next: 3 for MON-FRI. @returns undefined for anything but a plain list */
function longestRest(field: string): number | undefined {
  const days = field.split(',').map(daysOf);
  if (days.some((range) => range === undefined)) return undefined;
  const sorted = [...new Set(days.flat() as number[])].sort((a, b) => a - b);
  return Math.max(...sorted.map((day, index) => (sorted[index + 1] ?? sorted[0]! + 7) - day));
}

/** Returns the weekdays in `MON`, `2` or `MON-FRI`; Sunday is 1. */
function daysOf(part: string): number[] | undefined {
  const ends = part.split('-').map((day) => (/^[1-7]$/.test(day) ? Number(day) : WEEKDAYS.indexOf(day) + 1));
  const [first, last = first] = ends;
  if (!first || !last || ends.length > 2) return undefined;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => ((first - 1 + index) % 7) + 1);
}
