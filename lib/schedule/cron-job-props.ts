import type { ScheduleExpression, ScheduleProps } from 'aws-cdk-lib/aws-scheduler';
import type { Duration } from 'aws-cdk-lib/core';
import type { ModuleProps, NodeFunctionOptions } from '../function/node-function-props.js';
import type { DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';
import type { ScheduledEvent } from '../runtime/handlers/job.js';

/** A module whose handler does scheduled work: made with `job`, or any that takes the event of a schedule. */
export interface JobModule {
  // biome-ignore lint/suspicious/noExplicitAny: the context is Lambda's, or whatever the handler makes of it.
  readonly handler: (event: ScheduledEvent, context: any) => unknown;
}

export interface CronJobAlarmProps extends DeadLetterAlarmProps {
  /**
   * How long the job may go without being run before the alarm is on, up to a week; `false` for no such alarm.
   * @default - derived from the schedule: twice an interval of minutes or hours, a day and two hours for a daily job,
   *   the longest pause and two hours for one on certain weekdays; no alarm for rarer ones, since CloudWatch looks back
   *   a week at most
   */
  readonly missedAfter?: Duration | false;
}

export interface CronJobOptions {
  /** When it runs: `ScheduleExpression.cron({ hour: '5', minute: '0', timeZone })` or `.rate(Duration.hours(1))`. */
  readonly schedule: ScheduleExpression;
  /** Within what time after it is due it may start, a minute to a day; spreads load. @default - at once */
  readonly flexibleWindow?: Duration;
  /**
   * For how long the Scheduler tries to invoke the function, a minute to a day.
   * @default Duration.hours(1): after that a person decides whether it is still worth running
   */
  readonly maxEventAge?: Duration;
  /** How often it tries at most, 0 to 185 times. @default 185 */
  readonly retryAttempts?: number;
  /** Alarms on missed and failed runs; `false` for none. @default - both, with their default thresholds */
  readonly alarms?: CronJobAlarmProps | false;
  /** Any property of the schedule, such as `enabled`, `start` or `end`; it wins over the defaults. */
  readonly scheduler?: Partial<Omit<ScheduleProps, 'schedule' | 'target'>>;
}

/** Options that mean something else here, or are made by the CronJob. */
type Own = 'events' | 'invokedSynchronously' | 'maxEventAge' | 'retryAttempts';

/** The module, what its handler needs, and options of the schedule and of the function. */
export type CronJobProps<Module extends JobModule> = CronJobOptions &
  Omit<NodeFunctionOptions, Own> &
  ModuleProps<Module>;
