import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EventField, Rule, Schedule as RuleSchedule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ContextAttribute, Schedule, ScheduleTargetInput, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { definedProps } from '../construct/defined-props.js';
import { deadLetterQueue } from '../construct/queues.js';
import { HandlerFunction } from '../function/handler-function.js';
import type { NodeFunctionProps } from '../function/node-function-props.js';
import { refuseOtherHandler } from '../messaging/handlers.js';
import { addAlarm } from '../observability/alarm.js';
import { addDeadLetterAlarm } from '../observability/dead-letter-alarm.js';
import { reportReplacement } from '../target/apply-target.js';
import { targetOf } from '../target/target.js';
import type { CronJobAlarmProps, CronJobOptions, CronJobProps, JobModule } from './cron-job-props.js';
import { longestPause } from './private/pause.js';
import { schedulerRole } from './private/scheduler-role.js';
import { validateSchedule } from './private/validate-schedule.js';

/**
 * A function that runs at set times: a schedule of EventBridge Scheduler with a time zone, retries, a queue for runs
 * that failed, and alarms on these and on runs that never began.
 *
 * With a handler made by `job` no two runs overlap and none is done twice: a lock in the stack's `IdempotencyTable`
 * sees to it. Reserved concurrency would, too, but it takes from the account's, and accounts start with so little that
 * their deployments would fail.
 *
 * On LocalStack, whose Scheduler does not fire, a rule of EventBridge takes its place; it knows no time zones.
 *
 * Costs at rest: two alarms, $0.20 a month. In use $1.00 per million runs and the function's time; the first 14 million
 * of a month are free (us-east-1, https://aws.amazon.com/eventbridge/pricing/).
 *
 * @throws Error when a duration or a number is out of the Scheduler's limits; when the handler is made for something else
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
  /** What invokes the function: a schedule, or on LocalStack a rule. */
  readonly schedule: Schedule | Rule;
  /** Runs that failed three times, and those that could not be started. */
  readonly deadLetterQueue: IQueue;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: CronJobProps<Module>) {
    super(scope, id);
    const { schedule, flexibleWindow, maxEventAge, retryAttempts, alarms = {}, scheduler, ...own } = props;
    this.refuse(validateSchedule(props));
    const { missedAfter: _, ...alarm } = alarms || {};
    this.function = new HandlerFunction(this, 'Function', {
      ...own,
      failures: { alarm: alarms && alarm, ...definedProps(own.failures) },
    } as unknown as NodeFunctionProps<Module>);
    this.refuse(refuseOtherHandler(this.function, 'job'));
    this.function.ensureFailureQueue();
    const { failures } = this.function;
    this.deadLetterQueue = failures ?? deadLetterQueue(this, 'DeadLetters', own.failures?.queue);
    this.schedule = targetOf(this) === 'localstack' ? this.createRule(props) : this.createSchedule(props);
    this.alarms = alarms === false ? [] : this.addAlarms(props, alarms, failures === undefined);
  }

  private refuse(errors: readonly string[]): void {
    if (errors.length > 0) throw new Error(`${errors.join('\n')} (at ${this.node.path})`);
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
        `On LocalStack the schedule is a rule, which knows no time zones: ${schedule.expressionString} is taken as UTC and not as ${zone}.`,
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

  private addAlarms(options: CronJobOptions, alarms: CronJobAlarmProps, ownQueue: boolean): Alarm[] {
    const { missedAfter = longestPause(options.schedule.expressionString), topic } = alarms;
    const name = this.node.path;
    const made: Alarm[] = [];
    if (missedAfter) {
      // Longer than a day CloudWatch looks back by the hour only.
      const isLong = missedAfter.toHours({ integral: false }) > 24;
      const period = isLong ? Duration.hours(1) : Duration.minutes(5);
      const alarm = addAlarm(this, 'MissedAlarm', {
        metric: this.function.metricInvocations({ period, statistic: 'Sum' }),
        threshold: 0,
        expected: true,
        periods: Math.ceil(missedAfter.toSeconds() / period.toSeconds()),
        description: `${name} has not been run for ${missedAfter.toHumanString()} (or is new, and was not run yet). See whether its schedule is enabled and may invoke the function.`,
        runbook: 'missed-schedules',
        ...(topic && { topic }),
      });
      made.push(alarm);
    }
    if (ownQueue) {
      const what = `Runs of ${name} could not be started.`;
      made.push(addDeadLetterAlarm(this, this.deadLetterQueue, alarms, what));
    }
    return made;
  }
}
