import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction } from './emulator.js';

const emulators = pairOfEmulators(['durable_executions', 'event_source_mappings_of_tasks']);

const pass = (Output: unknown) => ({ StartAt: 'x', States: { x: { Type: 'Pass', Output, End: true } } });
const stateMachine = (StateMachineName: string, states: Record<string, object>) => ({
  [StateMachineName]: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName,
      RoleArn: { 'Fn::GetAtt': ['FailingRole', 'Arn'] },
      DefinitionString: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: Object.keys(states)[0],
        States: states,
      }),
    },
  },
});

/** Hands the token over to the function that ends the wait. */
const waiting = (FunctionName: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { FunctionName, Payload: { token: '{% $states.context.Task.Token %}' } },
  TimeoutSeconds: 5,
  End: true,
});

const RESPOND = `
  const { SFNClient, SendTaskSuccessCommand } = require('@aws-sdk/client-sfn');
  exports.handler = async ({ token }) => {
    await new SFNClient({}).send(new SendTaskSuccessCommand({ taskToken: token, output: '"done"' }));
  };`;

beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain]) {
    await emulator.deploy('Workflows', {
      Resources: {
        ...inlineFunction('Failing', "exports.handler = async () => { throw new RangeError('no'); };"),
        ...inlineFunction('Responding', RESPOND, {}, [
          {
            Effect: 'Allow',
            Action: 'states:SendTaskSuccess',
            Resource: 'arn:aws:states:us-east-1:000000000000:stateMachine:Responded',
          },
        ]),
        ...stateMachine('Branches', {
          both: {
            Type: 'Parallel',
            Branches: [pass({ a: 1 }), pass({ b: 2 })],
            Output: '{% $merge($append([$states.input], $states.result)) %}',
            End: true,
          },
        }),
        ...stateMachine('Failed', { wait: waiting('Failing') }),
        ...stateMachine('Responded', { wait: waiting('Responding') }),
        Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Failing' },
          },
        },
        ...stateMachine('Mapped', {
          get: {
            Type: 'Task',
            Resource: 'arn:aws:states:::aws-sdk:lambda:getEventSourceMapping',
            Arguments: { Uuid: '{% $states.input.uuid %}' },
            Output: { State: '{% $states.result.State %}', Uuid: '{% $states.result.Uuid %}' },
            End: true,
          },
        }),
      },
    });
  }
});

/** Runs an execution to its end, and returns its result. */
async function run(emulator: Emulator, name: string, input: object = { input: true }): Promise<any> {
  const sfn = new SFNClient(emulator.client);
  const stateMachineArn = `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  for (;;) {
    const { status, output, error } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') {
      return status === 'SUCCEEDED' ? { status, output: JSON.parse(output ?? '') } : { status, error };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

correction(
  emulators,
  'durable_executions',
  'makes the output of a parallel state by its Output',
  (emulator) => run(emulator, 'Branches'),
  { status: 'SUCCEEDED', output: { input: true, a: 1, b: 2 } },
);

correction(
  emulators,
  'durable_executions',
  'fails at once when the function fails that is given the token',
  (emulator) => run(emulator, 'Failed'),
  { status: 'FAILED', error: 'RangeError' },
);

correction(
  emulators,
  'durable_executions',
  'lets a token be brought back with the permission for its state machine',
  (emulator) => run(emulator, 'Responded'),
  { status: 'SUCCEEDED', output: 'done' },
);

correction(
  emulators,
  'event_source_mappings_of_tasks',
  'reads an event source mapping, and fails for an unknown one',
  async (emulator) => {
    const { EventSourceMappings } = await new LambdaClient(emulator.client).send(
      new ListEventSourceMappingsCommand({}),
    );
    const uuid = EventSourceMappings?.[0]?.UUID ?? '';
    const found = await run(emulator, 'Mapped', { uuid });
    return {
      found: { ...found, output: { ...found.output, Uuid: found.output?.Uuid === uuid } },
      none: await run(emulator, 'Mapped', { uuid: 'none' }),
    };
  },
  {
    found: { status: 'SUCCEEDED', output: { State: 'Enabled', Uuid: true } },
    none: { status: 'FAILED', error: 'Lambda.ResourceNotFoundException' },
  },
);
