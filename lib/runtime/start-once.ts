import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { jsonText } from './json-text.js';
import { MAX_CONTEXT_BYTES } from './saga-size.js';

/** Longer names, or with other characters, have no logs. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
export const EXECUTION_NAME = /^[\w-]{1,80}$/;

/** @throws Error when a saga could not pass its input on, with what its states add to it */
export function assertInputSize(input: unknown): void {
  const bytes = Buffer.byteLength(jsonText('The input', input) ?? '');
  if (bytes <= MAX_CONTEXT_BYTES) return;
  throw new Error(
    `The input of a saga must be at most ${MAX_CONTEXT_BYTES} bytes, got ${bytes}. Keep what is large in a table or a bucket, and pass its key.`,
  );
}

/**
 * Starts an execution, unless one of this name and input was started before. Step Functions answers a second start with
 * `ExecutionAlreadyExists` when the first one has ended, or has another input.
 *
 * @throws Error when the name cannot be one, or is that of an execution with another input
 */
export async function startOnce(
  client: SFNClient,
  stateMachineArn: string,
  name: string,
  value: unknown,
): Promise<void> {
  if (!EXECUTION_NAME.test(name)) {
    throw new Error(
      `The name of an execution must be letters, digits, hyphens and underscores, at most 80, got "${name}"`,
    );
  }
  const input = jsonText('The input', value);
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    // Said of one with another input, and of every one that has ended.
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (canonical(existing.input ?? '') === canonical(input)) return;
    throw new Error(
      `The execution "${name}" was started with another input: one name stands for one input. Choose another name.`,
      { cause: error },
    );
  }
}

/** The same text for the same value, in whatever order its properties are. */
function canonical(json: string): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(JSON.parse(json), sorted);
}
