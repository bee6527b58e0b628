import type { ScheduleExpression, ScheduleProps } from 'aws-cdk-lib/aws-scheduler';
import type { Duration } from 'aws-cdk-lib/core';
import type { ModuleProps, NodeFunctionOptions } from '../function/node-function-props.js';
import type { DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';
import type { ScheduledEvent } from '../runtime/handlers/job.js';

/** Module whose handler runs on a schedule: one that calls `job`, or a plain handler of the schedule's event. */
export interface JobModule {
  // biome-ignore lint/suspicious/noExplicitAny: a handler may declare any type of context.
  readonly handler: (event: ScheduledEvent, context: any) => unknown;
}

/** Thresholds of a CronJob's alarms. */
export interface CronJobAlarmProps extends DeadLetterAlarmProps {
  /**
   * Maximum time without a run before the alarm, up to a week; `false` disables that alarm. A job that is disabled, or
   * whose `start` is later or `end` earlier than the synthesis, has none: deploy again when it begins.
   * @default - derived from the schedule and its flexible window: twice an interval of minutes or hours, else the longest
   *   pause and two hours; no alarm for rarer jobs, since CloudWatch evaluates a week at most, nor for one with an `end`,
   *   after which it would be on for ever
   */
  readonly missedAfter?: Duration | false;
}

/** Options of a CronJob besides those of its function. */
export interface CronJobOptions {
  /** Schedule: `ScheduleExpression.cron({ hour: '5', minute: '0', timeZone })` or `.rate(Duration.hours(1))`. */
  readonly schedule: ScheduleExpression;
  /** Window after the scheduled time in which it may start, a minute to a day; spreads load. @default - no window */
  readonly flexibleWindow?: Duration;
  /**
   * Time for which the Scheduler retries the invocation of the function, a minute to a day.
   * @default Duration.hours(1): after that a person decides whether to run it
   */
  readonly maxEventAge?: Duration;
  /** Maximum retries of the invocation, 0 to 185. @default 185 */
  readonly retryAttempts?: number;
  /** Alarms on missed and failed runs; `false` disables them. @default - both, with their default thresholds */
  readonly alarms?: CronJobAlarmProps | false;
  /** Properties of the schedule, such as `enabled`, `start` or `end`; they override the defaults. */
  readonly scheduler?: Partial<Omit<ScheduleProps, 'schedule' | 'target'>>;
}

/** Options of functions that have another meaning in a CronJob, or that it sets. */
type Reserved = 'events' | 'invokedSynchronously' | 'maxEventAge' | 'retryAttempts';

/** Module, bindings of its handler's needs, and options of the schedule and of the function. */
export type CronJobProps<Module extends JobModule> = CronJobOptions &
  Omit<NodeFunctionOptions, Reserved> &
  ModuleProps<Module>;
