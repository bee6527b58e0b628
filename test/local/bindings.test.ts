import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction } from './emulator.js';

const emulators = pairOfEmulators([
  'batch_actions',
  'generated_secret',
  'queue_url_host',
  'secret_reference',
]);

const allowed = (Action: string, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

const BATCH = `
  const { SQSClient, SendMessageBatchCommand } = require('@aws-sdk/client-sqs');
  exports.handler = async () => {
    const Entries = [{ Id: '1', MessageBody: 'x' }];
    const { Successful } = await new SQSClient({}).send(
      new SendMessageBatchCommand({ QueueUrl: process.env.QUEUE, Entries }),
    );
    return Successful.length;
  };`;

const SECRET = `
  const { SecretsManagerClient, GetSecretValueCommand } = require('@aws-sdk/client-secrets-manager');
  exports.handler = async () => {
    const { ARN, SecretString = '' } = await new SecretsManagerClient({}).send(
      new GetSecretValueCommand({ SecretId: process.env.SECRET }),
    );
    return { isReference: ARN === process.env.SECRET, length: SecretString.length };
  };`;

const variables = (Variables: object) => ({ Environment: { Variables } });

beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain]) {
    await emulator.deploy('Bindings', {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
        Secret: {
          Type: 'AWS::SecretsManager::Secret',
          Properties: { Name: 'key', GenerateSecretString: {} },
        },
        ...inlineFunction('Batch', BATCH, variables({ QUEUE: { Ref: 'Queue' } }), [
          allowed('sqs:SendMessage', { 'Fn::GetAtt': ['Queue', 'Arn'] }),
        ]),
        ...inlineFunction(
          'Host',
          'exports.handler = async () => process.env.QUEUE',
          variables({ QUEUE: { Ref: 'Queue' } }),
        ),
        ...inlineFunction('Reader', SECRET, variables({ SECRET: { Ref: 'Secret' } }), [
          allowed('secretsmanager:GetSecretValue', '*'),
        ]),
      },
    });
  }
});

const read = async (emulator: Emulator) =>
  (await emulator.invoke('Reader')) as { isReference: boolean; length: number };

correction(
  emulators,
  'batch_actions',
  'lets a batch be sent with the permission to send',
  (emulator) => emulator.invoke('Batch'),
  1,
);

correction(
  emulators,
  'queue_url_host',
  'gives a queue a URL on the address it is served from',
  async (emulator) => new URL(String(await emulator.invoke('Host'))).hostname,
  '127.0.0.1',
);

correction(
  emulators,
  'secret_reference',
  'refers to a secret by its ARN',
  async (emulator) => (await read(emulator)).isReference,
  true,
);

correction(
  emulators,
  'generated_secret',
  'generates a secret with default settings',
  async (emulator) => (await read(emulator)).length,
  32,
);
