// Sagas whose steps behave as the input's script specifies.
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib/core';
import { DataTable, defineSaga, NodeFunction, nothing, Saga } from 'cdk-trellis';
import * as z from 'zod';
import { Approval, Job } from './handlers/job.js';

const stack = new Stack(new App(), 'Sagas');
const jobs = new DataTable(stack, 'Jobs', { partitionKey: 'id' });
const onOutcome = () => import('./handlers/notify.js');

/** Longer than a cold start on a loaded machine: a timeout repeats a step, and the tests count its calls. */
const timeout = Duration.seconds(40);
/** Timeout of the step that a test lets hang: it waits for two of them. */
const short = Duration.seconds(20);
const quick = { attempts: 2, interval: Duration.seconds(1) };
const shared = { bind: { jobs }, retry: quick, undoRetry: quick };
const reserve = {
  do: () => import('./handlers/reserve.js'),
  undo: () => import('./handlers/undo-reserve.js'),
  timeout,
};
const pay = { do: () => import('./handlers/pay.js'), undo: () => import('./handlers/undo-pay.js'), timeout };
const confirm = { do: () => import('./handlers/confirm.js'), timeout };
const reserved = defineSaga(Job).step('reserve', reserve);
/** The handlers take any kind; a choice knows three. */
const KnownJob = Job.extend({ kind: z.enum(['card', 'invoice', 'free']) });

const steps = new Saga(stack, 'Steps', {
  definition: reserved.step('pay', { ...pay, timeout: short }).step('confirm', confirm),
  ...shared,
  cancelled: () => import('./handlers/is-cancelled.js'),
  onOutcome,
});
const groups = new Saga(stack, 'Groups', {
  definition: defineSaga(KnownJob)
    .step('reserve', reserve)
    .parallel({
      left: {
        do: () => import('./handlers/left.js'),
        undo: () => import('./handlers/undo-left.js'),
        timeout,
      },
      right: {
        do: () => import('./handlers/right.js'),
        undo: () => import('./handlers/undo-right.js'),
        timeout,
      },
    })
    .choice('card', 'input.kind', {
      card: {
        do: () => import('./handlers/card.js'),
        undo: () => import('./handlers/undo-card.js'),
        timeout,
      },
      invoice: confirm,
      free: { do: nothing },
    })
    .step('pay', pay),
  ...shared,
});
const waits = new Saga(stack, 'Waits', {
  definition: reserved
    .waitForCallback('approval', {
      do: () => import('./handlers/ask.js'),
      response: Approval,
      timeout,
      wait: Duration.seconds(40),
    })
    .step('pay', pay),
  ...shared,
  alarms: { stuckAfter: Duration.seconds(10) },
});
/** All attempts of an express saga must fit into five minutes. */
const brief = Duration.seconds(10);
const express = new Saga(stack, 'Express', {
  definition: defineSaga(Job)
    .step('reserve', { ...reserve, timeout: brief })
    .step('pay', { ...pay, timeout: brief }),
  ...shared,
  onOutcome: { handler: onOutcome },
  type: 'express',
  functions: { memorySize: 512 },
});
const start = new NodeFunction(stack, 'Start', {
  handler: () => import('./handlers/start.js'),
  bind: { steps },
});
const responder = new NodeFunction(stack, 'Respond', {
  handler: () => import('./handlers/respond.js'),
  bind: { waits },
});

const outputs = {
  Table: jobs.table.tableName,
  Start: start.functionName,
  Respond: responder.functionName,
  ...Object.fromEntries(
    Object.entries({ Steps: steps, Groups: groups, Waits: waits, Express: express }).flatMap(
      ([name, one]) => [
        [name, one.stateMachine.stateMachineArn],
        [`${name}Queue`, one.waiting.queueUrl],
      ],
    ),
  ),
  StuckCheck: (waits.node.findChild('StuckCheck').node.findChild('StateMachine') as StateMachine)
    .stateMachineArn,
};
for (const [name, value] of Object.entries(outputs))
  new CfnOutput(stack, `${name}Output`, { value, key: name });
