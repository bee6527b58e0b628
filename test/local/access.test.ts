import { readFileSync } from 'node:fs';
import { correction, pairOfEmulators } from './corrections.js';
import { inlineFunction } from './emulator.js';
import { table } from './resources.js';

const emulators = pairOfEmulators(['secure_transport', 'denials_file']);

/** Writes to a table; the error is swallowed, as careless code does. */
const WRITER = `
  const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
  exports.handler = async () => {
    try {
      await new DynamoDBClient({}).send(new PutItemCommand({ TableName: 'Notes', Item: { id: { S: '1' } } }));
      return 'written';
    } catch (error) {
      return 'refused';
    }
  };`;

const tables = { Table: table() };

beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain]) {
    await emulator.deploy('Access', {
      Resources: {
        ...tables,
        ...inlineFunction('ResolvedBindings', WRITER, {}, [
          {
            Effect: 'Allow',
            Action: 'dynamodb:PutItem',
            Resource: { 'Fn::GetAtt': ['Table', 'Arn'] },
            Condition: { Bool: { 'aws:SecureTransport': 'true' } },
          },
        ]),
        ...inlineFunction('Ungranted', WRITER),
      },
    });
  }
});

correction(
  emulators,
  'secure_transport',
  'counts a request as sent over TLS, as the default endpoints of AWS are',
  (emulator) => emulator.invoke('ResolvedBindings'),
  'written',
);

correction(
  emulators,
  'denials_file',
  'records a denied call although the function swallowed the error',
  async (emulator) => {
    await emulator.invoke('Ungranted');
    const lines = readFileSync(emulator.state.denialsFile, 'utf8').trim().split('\n');
    const { time, ...denial } = JSON.parse(lines.at(-1)!);
    expect(Date.parse(time)).not.toBeNaN();
    return denial;
  },
  {
    principal: 'arn:aws:sts::000000000000:assumed-role/UngrantedRole/Ungranted',
    action: 'dynamodb:PutItem',
    resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Notes',
  },
);

it('refuses a call that no policy allows', async () => {
  expect(await emulators.corrected.invoke('Ungranted')).toBe('refused');
});
