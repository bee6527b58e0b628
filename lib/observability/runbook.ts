import type { IConstruct } from 'constructs';

/** Sections of docs/runbooks.md with their first steps, which the alarm's description contains. */
const FIRST_STEPS = {
  'failing-requests':
    "1. Find the operation in the API's access log: filter status >= 500 | stats count(*) by resourcePath, method, integrationError. 2. Read the log of its function at that time. 3. If it began with a deployment, deploy the former version.",
  'slow-requests':
    '1. Sort the traces of X-Ray by response time and see which call takes it. 2. Cold starts (Init segments): more memory, a smaller bundle. 3. Look at the throttles of the tables and services that it calls.',
  'failed-events':
    '1. Read one: aws sqs receive-message --queue-url URL --visibility-timeout 0 (responsePayload has the error, requestPayload the event). 2. Repair the cause and deploy. 3. npx trellis redrive QUEUE sends them again.',
  'dead-letters':
    "1. Read one: aws sqs receive-message --queue-url URL --visibility-timeout 0 --attribute-names All. 2. Find the error in the consumer's log, repair the cause and deploy. 3. npx trellis redrive QUEUE sends them back.",
  'old-messages':
    "1. Look at the worker's errors, throttles and concurrency. 2. If there is more work than usual, raise maxConcurrency. 3. A FIFO group waits for a message that fails until that is a dead letter.",
  'late-streams':
    '1. Look at the errors and throttles of the publishing function. 2. What it gave up is in the queue for failures: npx trellis redrive QUEUE within a day.',
  'unread-streams':
    '1. aws lambda get-event-source-mapping --uuid UUID: State and LastProcessingResult have the reason. 2. Disabled: aws lambda update-event-source-mapping --uuid UUID --enabled. PROBLEM: repair the role of the function. Gone: deploy the stack again. 3. DynamoDB keeps changes for a day: what is older must be published by hand.',
  'undelivered-failures':
    '1. Find the function, rule, schedule or topic: the metric of the alarm, by its dimension. 2. Repair the policy or the key of the queue for its failures. 3. What could not be written there is lost: its log has the ids.',
  'failed-workflows':
    '1. Open a failed execution: its graph has the step, the error and the input. 2. SagaUndone: what it did is undone; repair the step, and start the work again with a new name. 3. Any other error: aws stepfunctions redrive-execution --execution-arn ARN within 14 days.',
  'parked-undo':
    '1. Receive the message without taking it away (--visibility-timeout 0). 2. Repair the cause, then run its tryAgain; or do the undo by hand and run goOnBecauseItIsDoneByHand. 3. Delete the message.',
  'stuck-workflows':
    '1. aws stepfunctions list-executions --status-filter RUNNING --state-machine-arn ARN, oldest first. 2. See in the history what it waits for. 3. Do not stop an execution of a saga: that undoes nothing.',
  'missed-schedules':
    "1. Read the queue for failures of the job's function. 2. If it is empty: is the schedule enabled, and may its role invoke the function? 3. npx trellis redrive PATH runs missed ones for their own time.",
  'failing-site':
    '1. Find the path in the access logs: /api/* is an API. 2. 504 for /api/*: the address of the API has changed, deploy the site again.',
} as const;

export type Runbook = keyof typeof FIRST_STEPS;

export const RUNBOOKS = Object.keys(FIRST_STEPS) as Runbook[];

/** Context key with the address of your own runbooks, as in `https://wiki.example.com/runbooks#`. */
const CONTEXT = 'trellis:runbooks';

/**
 * Returns the first steps for an alarm and a reference to the rest: the address in the context `trellis:runbooks`, or
 * the page of the package, which `npx trellis runbook` shows.
 *
 * @throws Error when the context is not an address
 */
export function runbookText(scope: IConstruct, runbook: Runbook): string {
  const base: unknown = scope.node.tryGetContext(CONTEXT);
  if (base === undefined) return `${FIRST_STEPS[runbook]}\nMore: npx trellis runbook ${runbook}`;
  if (typeof base !== 'string' || !/^https?:\/\//.test(base)) {
    throw new Error(
      `The context \`${CONTEXT}\` must be a URL to which the name of a runbook is appended, as in https://wiki.example.com/runbooks#, got ${JSON.stringify(base)}`,
    );
  }
  return `${FIRST_STEPS[runbook]}\nMore: ${base}${runbook}`;
}
