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
 * @param window time after the scheduled one in which a run may start
 * @returns undefined if it is longer than a week, or the schedule fires once
 */
export function longestPause(
  expression: string,
  window: Duration = Duration.seconds(0),
): Duration | undefined {
  const seconds = pauseSeconds(expression);
  return seconds === undefined ? undefined : withinWeek(seconds + window.toSeconds());
}

function pauseSeconds(expression: string): number | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return Math.max(900, 2 * Number(rate[1]) * SECONDS[rate[2]!]!);
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) return undefined;
  const [, hours = '', days = '', months, weekdays = '', years] = fields;
  const isOpen = (field = '') => ['*', '?'].includes(field);
  if (!isOpen(days) || !isOpen(months) || !isOpen(years)) return undefined;
  if (isOpen(weekdays)) return (hours === '*' ? 2 : longestRest(hoursIn(hours), 24) + SLACK_HOURS) * 3600;
  const listed = weekdays.split(',').map(daysOf);
  // Anything but a plain list, such as the second Monday of a month.
  if (listed.some((days) => days === undefined)) return undefined;
  return (longestRest(listed.flat() as number[], 7) * 24 + SLACK_HOURS) * 3600;
}

function withinWeek(seconds: number): Duration | undefined {
  return seconds <= MAX_HOURS * 3600 ? Duration.seconds(seconds) : undefined;
}

/** Returns the maximum time from one of the hours of a day, or days of a week, to the next: 3 for MON-FRI. */
function longestRest(times: readonly number[], cycle: number): number {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  return Math.max(...sorted.map((time, index) => (sorted[index + 1] ?? sorted[0]! + cycle) - time));
}

/** Returns the hours in a list of `9`, `9-17`, `9/4`, `9-17/2` or `*\/2`; one hour for any other field. */
function hoursIn(field: string): number[] {
  const parts = field.split(',').map((part) => /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part));
  if (parts.includes(null)) return [0];
  return parts.flatMap((part) => {
    const [, first, last, step = '1'] = part!;
    const from = first === '*' ? 0 : Number(first);
    const to = Number(last ?? (first === '*' || part![3] ? 23 : first));
    const count = Math.max(1, Math.floor((to - from) / Number(step)) + 1);
    return Array.from({ length: count }, (_, index) => from + index * Number(step));
  });
}

/** Returns the weekdays in `MON`, `2` or `MON-FRI`; Sunday is 1. */
function daysOf(part: string): number[] | undefined {
  const ends = part.split('-').map((day) => (/^[1-7]$/.test(day) ? Number(day) : WEEKDAYS.indexOf(day) + 1));
  const [first, last = first] = ends;
  if (!first || !last || ends.length > 2) return undefined;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => ((first - 1 + index) % 7) + 1);
}
