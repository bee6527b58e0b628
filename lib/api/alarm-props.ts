import type { Duration } from 'aws-cdk-lib/core';
import type { AlarmTarget } from '../observability/alarm.js';

export interface ApiAlarmProps extends AlarmTarget {
  /** Share of requests, in percent, that may fail with a 5xx within five minutes. @default 1 */
  readonly serverErrorPercent?: number;
  /** Latency that 99 of 100 requests must stay below. @default Duration.seconds(3) */
  readonly latencyP99?: Duration;
}
