// Compiled, never run: what the compiler must refuse.
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { type DataTable, NodeFunction, QueueWorker } from 'cdk-trellis';

const mailer = () => import('./fixtures/send-mail.js');
const once = () => import('./fixtures/send-mail-once.js');
const ofEvents = () => import('./fixtures/on-order-placed.js');
const sender = () => import('./fixtures/mail-sender.js');
const anySender = () => import('./fixtures/any-sender.js');
const otherSender = () => import('./fixtures/other-sender.js');

export function workers(stack: Stack, sent: DataTable, queue: Queue) {
  new QueueWorker(stack, 'Bound', { handler: mailer, bind: { sent }, memorySize: 512, maxConcurrency: 5 });
  new QueueWorker(stack, 'Served', { handler: once });
  // @ts-expect-error a need is not bound
  new QueueWorker(stack, 'E1', { handler: mailer });
  // @ts-expect-error bound to another kind
  new QueueWorker(stack, 'E2', { handler: mailer, bind: { sent: queue } });
  // @ts-expect-error a handler of events
  new QueueWorker(stack, 'E3', { handler: ofEvents });
  // @ts-expect-error an option of asynchronous invocation
  new QueueWorker(stack, 'E4', { handler: once, retryAttempts: 1 });
}

export function senders(stack: Stack, sent: DataTable, queue: Queue) {
  const mails = new QueueWorker(stack, 'Mails', { handler: mailer, bind: { sent } });
  const any: QueueWorker = mails;
  new NodeFunction(stack, 'Typed', { handler: sender, bind: { mails } });
  new NodeFunction(stack, 'Unknown', { handler: sender, bind: { mails: any } });
  new NodeFunction(stack, 'Cdk', { handler: sender, bind: { mails: queue } });
  new NodeFunction(stack, 'Plain', { handler: anySender, bind: { mails } });
  // @ts-expect-error the worker takes something else
  new NodeFunction(stack, 'E1', { handler: otherSender, bind: { mails } });
}
