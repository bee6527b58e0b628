import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EventField, Rule, Schedule as RuleSchedule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ContextAttribute, Schedule, ScheduleTargetInput, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { assertProps } from '../construct/assert-props.js';
import { assertValid } from '../construct/assert-valid.js';
import { definedProps } from '../construct/defined-props.js';
import { deadLetterQueue } from '../construct/queues.js';
import { HandlerFunction } from '../function/handler-function.js';
import type { NodeFunctionProps } from '../function/node-function-props.js';
import { validateHandlerKind } from '../messaging/handlers.js';
import { addAlarm } from '../observability/alarm.js';
import { addDeadLetterAlarm } from '../observability/dead-letter-alarm.js';
import { reportReplacement } from '../target/apply-target.js';
import { targetOf } from '../target/target.js';
import type { CronJobAlarmProps, CronJobOptions, CronJobProps, JobModule } from './cron-job-props.js';
import { missedAlarmAfter } from './private/missed-alarm.js';
import { schedulerRole } from './private/scheduler-role.js';
import { validateSchedule } from './private/validate-schedule.js';

/**
 * A function that runs at set times: a schedule of EventBridge Scheduler with a time zone, retries, a queue for failed
 * runs, and alarms on these and on missed runs.
 *
 * With a handler of `job` runs never overlap and each scheduled time runs once: a lock in the stack's `IdempotencyTable`
 * ensures it. Reserved concurrency would, too, but it reduces that of the account, and new accounts have so little that
 * their deployments would fail.
 *
 * On LocalStack, whose Scheduler does not fire, a rule of EventBridge replaces it; rules do not support time zones.
 *
 * Costs at rest: two alarms, $0.20 a month. In use: $1.00 per million runs and the function's time; the first 14 million
 * of a month are free (us-east-1, https://aws.amazon.com/eventbridge/pricing/).
 *
 * @throws Error for a duration or a number outside of the Scheduler's limits, or a handler of another source
 * @example
 * import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
 * import { TimeZone } from 'aws-cdk-lib/core';
 * import { CronJob } from 'cdk-trellis';
 *
 * new CronJob(stack, 'Report', {
 *   schedule: ScheduleExpression.cron({ hour: '5', minute: '0', timeZone: TimeZone.EUROPE_BERLIN }),
 *   handler: () => import('../lambda/report.js'),
 * });
 */
export class CronJob<Module extends JobModule = JobModule> extends Construct {
  readonly function: HandlerFunction<Module>;
  /** Schedule that invokes the function; on LocalStack a rule. */
  readonly schedule: Schedule | Rule;
  /** Queue of runs that failed three times, and of runs that could not be started. */
  readonly deadLetterQueue: IQueue;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: CronJobProps<Module>) {
    super(scope, id);
    assertProps(this, 'CronJob', props, new.target === CronJob);
    const {
      schedule,
      flexibleWindow,
      maxEventAge,
      retryAttempts,
      alarms = {},
      scheduler,
      ...functionOptions
    } = props;
    assertValid(this, validateSchedule(props));
    const { missedAfter: _, ...alarm } = alarms || {};
    this.function = new HandlerFunction(this, 'Function', {
      ...functionOptions,
      failures: { alarm: alarms && alarm, ...definedProps(functionOptions.failures) },
    } as unknown as NodeFunctionProps<Module>);
    assertValid(this, validateHandlerKind(this.function, 'job'));
    this.function.ensureFailureQueue();
    const { failures } = this.function;
    this.deadLetterQueue = failures ?? deadLetterQueue(this, 'DeadLetters', functionOptions.failures?.queue);
    this.schedule = targetOf(this) === 'localstack' ? this.createRule(props) : this.createSchedule(props);
    this.alarms = alarms === false ? [] : this.addAlarms(props, alarms, failures === undefined);
  }

  private createSchedule(options: CronJobOptions): Schedule {
    const { flexibleWindow, maxEventAge = Duration.hours(1), retryAttempts = 185 } = options;
    const role = schedulerRole(this, this.function, this.deadLetterQueue, options.scheduler?.scheduleGroup);
    return new Schedule(this, 'Schedule', {
      description: this.node.path,
      timeWindow: flexibleWindow ? TimeWindow.flexible(flexibleWindow) : TimeWindow.off(),
      ...definedProps(options.scheduler),
      schedule: options.schedule,
      target: {
        bind: () => ({
          arn: this.function.functionArn,
          role,
          input: ScheduleTargetInput.fromObject({ scheduledTime: ContextAttribute.scheduledTime }),
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
          retryPolicy: {
            maximumEventAgeInSeconds: maxEventAge.toSeconds(),
            maximumRetryAttempts: retryAttempts,
          },
        }),
      },
    });
  }

  private createRule({ schedule, scheduler, ...options }: CronJobOptions): Rule {
    const zone = schedule.timeZone?.timezoneName;
    if (zone !== undefined && !/UTC$/.test(zone)) {
      Annotations.of(this).addWarningV2(
        'cdk-trellis:noTimeZone',
        `On LocalStack the schedule is a rule, which does not support time zones: ${schedule.expressionString} is in UTC and not in ${zone}.`,
      );
    }
    const { maxEventAge = Duration.hours(1), retryAttempts = 185 } = options;
    reportReplacement(this, {
      type: 'AWS::Scheduler::Schedule',
      why: 'LocalStack never fires it',
      instead: 'a rule of EventBridge, in UTC',
    });
    return new Rule(this, 'Schedule', {
      schedule: RuleSchedule.expression(schedule.expressionString),
      enabled: scheduler?.enabled ?? true,
      targets: [
        new LambdaFunction(this.function, {
          event: RuleTargetInput.fromObject({ scheduledTime: EventField.time }),
          deadLetterQueue: this.deadLetterQueue,
          maxEventAge,
          retryAttempts,
        }),
      ],
    });
  }

  private addAlarms(options: CronJobOptions, alarms: CronJobAlarmProps, createsQueue: boolean): Alarm[] {
    const { topic } = alarms;
    const missedAfter = missedAlarmAfter(options, alarms);
    const name = this.node.path;
    const created: Alarm[] = [];
    if (missedAfter) {
      // For more than a day CloudWatch needs periods of at least an hour.
      const isLong = missedAfter.toHours({ integral: false }) > 24;
      const period = isLong ? Duration.hours(1) : Duration.minutes(5);
      const alarm = addAlarm(this, 'MissedAlarm', {
        metric: this.function.metricInvocations({ period, statistic: 'Sum' }),
        threshold: 0,
        expected: true,
        periods: Math.ceil(missedAfter.toSeconds() / period.toSeconds()),
        description: `${name} has not run for ${missedAfter.toHumanString()} (or is new, and has not run yet). Check that its schedule is enabled and may invoke the function.`,
        runbook: 'missed-schedules',
        ...(topic && { topic }),
      });
      created.push(alarm);
    }
    if (createsQueue) {
      const description = `Runs of ${name} could not be started.`;
      created.push(addDeadLetterAlarm(this, this.deadLetterQueue, alarms, description));
    }
    return created;
  }
}
