import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { until } from '../../support/eventually.js';
import type { Emulator } from '../emulator.js';

export type Definition = Record<string, unknown>;

const PREFIX = 'arn:aws:states:us-east-1:000000000000';

/** State machines and their executions in an emulator that a test may restart. */
export class Executions {
  constructor(private readonly emulator: Emulator) {}

  /** Creates the role of the machines that `create` creates. */
  static async prepare(emulator: Emulator): Promise<Executions> {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'states.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    await emulator.deploy('Workflows', {
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: 'Workflows',
            AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [statement] },
          },
        },
      },
    });
    return new Executions(emulator);
  }

  get client(): SFNClient {
    return new SFNClient({ ...this.emulator.client, disableHostPrefix: true });
  }

  async create(name: string, definition: Definition, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') {
    await this.client.send(
      new CreateStateMachineCommand({
        name,
        definition: JSON.stringify(definition),
        roleArn: 'arn:aws:iam::000000000000:role/Workflows',
        type,
      }),
    );
    return name;
  }

  machine(name: string): string {
    return `${PREFIX}:stateMachine:${name}`;
  }

  async start(machine: string, input: unknown = {}, name?: string): Promise<string> {
    const { executionArn } = await this.client.send(
      new StartExecutionCommand({
        stateMachineArn: this.machine(machine),
        input: JSON.stringify(input),
        name,
      }),
    );
    return executionArn!;
  }

  async describe(executionArn: string) {
    return await this.client.send(new DescribeExecutionCommand({ executionArn }));
  }

  /** Waits for the end of an execution, and returns its result. */
  async end(executionArn: string): Promise<Record<string, unknown>> {
    const { status, output, error, cause } = await until(async () => {
      const description = await this.describe(executionArn);
      return description.status === 'RUNNING' ? undefined : description;
    });
    return status === 'SUCCEEDED' ? { status, output: JSON.parse(output!) } : { status, error, cause };
  }

  /** Creates a machine of these states, and returns how an execution of it ended. */
  async run(name: string, definition: Definition, input: unknown = {}) {
    return await this.end(await this.start(await this.create(name, definition), input));
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    const { events } = await this.client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
    );
    return events ?? [];
  }

  async types(executionArn: string): Promise<string[]> {
    return (await this.history(executionArn)).map(({ type }) => type as string);
  }

  /** Waits until an event is in the history so many times. */
  async reached(executionArn: string, type: string, times = 1): Promise<void> {
    await until(async () =>
      (await this.types(executionArn)).filter((one) => one === type).length >= times ? true : undefined,
    );
  }

  /** The task tokens that an execution has handed over, as its history shows them. */
  async tokens(executionArn: string): Promise<string[]> {
    return (await this.history(executionArn))
      .filter(({ type }) => type === 'TaskScheduled')
      .flatMap(({ taskScheduledEventDetails }) =>
        [...taskScheduledEventDetails!.parameters!.matchAll(/"token":"([^"]+)"/g)].map(([, token]) => token!),
      );
  }
}
