import { type Duration, Token } from 'aws-cdk-lib/core';
import type { QueueWorkerOptions } from '../queue-worker-props.js';

/** Limits of batches. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const MAX_WITHOUT_WINDOW = 10;
const MAX_WITH_WINDOW = 10_000;
const MAX_WINDOW_SECONDS = 300;

/** Validates everything that Lambda or SQS would reject at deployment. */
export function validateQueue(options: QueueWorkerOptions): string[] {
  const { fifo, batchSize, batchWindow, maxConcurrency, maxReceiveCount, queue, deadLetterQueue } = options;
  const hasWindow = batchWindow !== undefined && (batchWindow.isUnresolved() || batchWindow.toSeconds() > 0);
  const maxBatchSize = hasWindow ? MAX_WITH_WINDOW : MAX_WITHOUT_WINDOW;
  return [
    ...validateRange(
      'batchSize',
      batchSize,
      1,
      maxBatchSize,
      hasWindow || fifo ? '' : '. Larger batches need a `batchWindow` of at least a second',
    ),
    ...validateRange('maxConcurrency', maxConcurrency, 2, 1000),
    ...validateRange('maxReceiveCount', maxReceiveCount, 1, 1000),
    ...validateWindow(fifo ?? false, batchWindow),
    ...[queue, deadLetterQueue]
      .filter((props) => props?.fifo !== undefined && props.fifo !== (fifo ?? false))
      .map(() => 'set `fifo` on the QueueWorker, not on `queue` or `deadLetterQueue`'),
  ];
}

function validateWindow(fifo: boolean, window: Duration | undefined): string[] {
  if (!window || window.isUnresolved()) return [];
  if (fifo)
    return ['`batchWindow` must not be set with `fifo`: Lambda does not wait for messages of a FIFO queue'];
  const seconds = window.toSeconds();
  return seconds <= MAX_WINDOW_SECONDS
    ? []
    : [`\`batchWindow\` must be at most 5 minutes, got ${seconds} seconds`];
}

function validateRange(
  name: string,
  value: number | undefined,
  min: number,
  max: number,
  hint = '',
): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [`\`${name}\` must be a whole number from ${min} to ${max}, got ${value}${hint}`];
}

/** Validates the visibility timeout: a message that becomes visible during its handling is handled twice. */
export function validateVisibility(
  value: Duration | undefined,
  min: Duration,
  timeout: Duration | undefined,
): string[] {
  if (!value || value.isUnresolved() || value.toSeconds() >= min.toSeconds()) return [];
  return [
    `\`visibilityTimeout\` must be at least ${min.toSeconds()} seconds, six times the function's timeout of ${timeout?.toSeconds()} seconds and the batch window, got ${value.toSeconds()} seconds`,
  ];
}
