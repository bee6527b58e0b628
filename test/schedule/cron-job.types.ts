// Compiled, never run: what the compiler must refuse.
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { CronJob } from 'cdk-trellis';

const schedule = ScheduleExpression.rate(Duration.hours(1));
const report = () => import('./fixtures/report.js');
const clean = () => import('./fixtures/clean.js');
const plain = () => import('./fixtures/plain.js');
const ofEvents = () => import('../messaging/fixtures/on-order-placed.js');

export function jobs(stack: Stack, reports: IBucket, queue: IQueue) {
  new CronJob(stack, 'Report', {
    schedule,
    handler: report,
    bind: { reports },
    timeout: Duration.minutes(5),
  });
  new CronJob(stack, 'Clean', { schedule, handler: clean });
  new CronJob(stack, 'Plain', { schedule, handler: plain });
  // @ts-expect-error no schedule
  new CronJob(stack, 'E1', { handler: clean });
  // @ts-expect-error a need is not bound
  new CronJob(stack, 'E2', { schedule, handler: report });
  // @ts-expect-error bound to another kind
  new CronJob(stack, 'E3', { schedule, handler: report, bind: { reports: queue } });
  // @ts-expect-error a handler of events
  new CronJob(stack, 'E4', { schedule, handler: ofEvents });
}
