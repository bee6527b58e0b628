import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { stopEmulator } from '../../lib/local/emulator.js';
import { replacePort } from '../../lib/local/replace-port.js';
import { eventually } from '../support/eventually.js';
import { Emulator, inlineFunction } from './emulator.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-addresses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A queue whose worker writes down what it receives; called directly, it returns the queue's URL of its environment. */
function stackOf(file: string) {
  const code = `exports.handler = async ({ Records }) => {
    if (!Records) return process.env.QUEUE_URL;
    require('fs').appendFileSync(process.env.FILE, Records.map(({ body }) => body).join(''));
  };`;
  const receive = {
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    Resource: '*',
  };
  const variables = { QUEUE_URL: { Ref: 'Queue' }, FILE: file };
  return {
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue' },
      ...inlineFunction('Mailer', code, { Environment: { Variables: variables } }, [receive]),
      Source: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Mailer' },
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        },
      },
    },
  };
}

it('a local cloud that is started on another port goes on: its workers still get what is sent to their queues', async () => {
  const file = join(folder, 'received.txt');
  writeFileSync(file, '');
  const emulator = await Emulator.start();
  try {
    await emulator.deploy('Mails', stackOf(file));
    const { port } = emulator.instance;
    await stopEmulator(emulator.instance, emulator.state);
    await emulator.restart();
    expect(emulator.instance.port).not.toBe(port);

    const QueueUrl: string = await emulator.invoke('Mailer');
    expect(new URL(QueueUrl).port).toBe(String(emulator.instance.port));
    await new SQSClient(emulator.client).send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const received = await eventually(
      () => readFileSync(file, 'utf8'),
      (text) => text !== '',
    );
    expect(received).toBe('hello');
  } finally {
    await emulator.stop();
  }
});

it('only addresses of the cloud itself move with it', () => {
  const kept = (text: string) => writeFileSync(join(folder, 'sqs.json'), text);
  kept('[]');
  replacePort(folder, 4566);
  kept('["http://localhost:4566/a", "127.0.0.1:4566", "127.0.0.1:45660", "example.com:4566", 4566]');
  replacePort(folder, 4567);
  expect(readFileSync(join(folder, 'sqs.json'), 'utf8')).toBe(
    '["http://localhost:4567/a", "127.0.0.1:4567", "127.0.0.1:45660", "example.com:4566", 4566]',
  );
});
