import type { Duration } from 'aws-cdk-lib/core';
import type { CronJobAlarmProps, CronJobOptions } from '../cron-job-props.js';
import { longestPause } from './pause.js';

/**
 * Returns the time without a run after which a job's alarm is on. A job that does not run, because it is disabled, has
 * not begun or has ended, has no alarm: it would be on for ever.
 */
export function missedAlarmAfter(
  { schedule, flexibleWindow, scheduler = {} }: CronJobOptions,
  { missedAfter }: CronJobAlarmProps,
): Duration | undefined {
  const { enabled = true, start, end, timeWindow } = scheduler;
  const now = Date.now();
  const hasBegun = !start || start.getTime() <= now;
  const hasEnded = end !== undefined && end.getTime() <= now;
  if (missedAfter === false || !enabled || !hasBegun || hasEnded) return undefined;
  if (missedAfter) return missedAfter;
  const window = timeWindow ? timeWindow.maxWindow : flexibleWindow;
  return end ? undefined : longestPause(schedule.expressionString, window);
}
