import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { jsonText } from './json-text.js';
import { MAX_CONTEXT_BYTES } from './saga-size.js';

/** Names that appear in the logs. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
export const EXECUTION_NAME = /^[\w-]{1,80}$/;

/** @throws Error if the input exceeds the payload limit together with the additions of the saga's states */
export function assertInputSize(input: unknown): void {
  const bytes = Buffer.byteLength(jsonText('The input', input) ?? '');
  if (bytes <= MAX_CONTEXT_BYTES) return;
  throw new Error(
    `The input of a saga must be at most ${MAX_CONTEXT_BYTES} bytes, got ${bytes}. Store large data in a table or a bucket, and pass its key.`,
  );
}

/**
 * Starts an execution, unless one of the same name and input was started before. Step Functions returns
 * `ExecutionAlreadyExists` if that one has ended or has another input.
 *
 * @throws Error if the name is invalid, or belongs to an execution with another input
 */
export async function startOnce(
  client: SFNClient,
  stateMachineArn: string,
  name: string,
  value: unknown,
): Promise<void> {
  if (!EXECUTION_NAME.test(name)) {
    throw new Error(
      `The name of an execution must be 1 to 80 letters, digits, hyphens and underscores, got "${name}"`,
    );
  }
  const input = jsonText('The input', value);
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    // Thrown for another input, and for every execution that has ended.
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (canonical(existing.input ?? '') === canonical(input)) return;
    throw new Error(`The execution "${name}" was started with another input. Choose another name.`, {
      cause: error,
    });
  }
}

/** Returns the same text for equal values, whatever the order of their properties. */
function canonical(json: string): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(JSON.parse(json), sorted);
}
