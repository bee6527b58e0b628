import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describeLoadedState } from '../../lib/local/stop-report.js';
import { eventually } from '../support/eventually.js';
import { Emulator, inlineFunction } from './emulator.js';
import { table } from './resources.js';

const stack = {
  Resources: {
    Notes: table(),
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'Written', ReceiveMessageWaitTimeSeconds: 0 },
    },
    ...inlineFunction('Hello', `exports.handler = async () => 'hello'; // ${'x'.repeat(9000)}`),
  },
};

let emulator: Emulator;
beforeEach(async () => {
  emulator = await Emulator.start();
  await emulator.deploy('Kept', stack);
});
afterEach(() => emulator.stop(), 60_000);

const dynamo = () => new DynamoDBClient({ ...emulator.client, maxAttempts: 1 });
const put = (client: DynamoDBClient, id: string) =>
  client.send(new PutItemCommand({ TableName: 'Notes', Item: { id: { S: id } } }));
async function ids(): Promise<string[]> {
  const { Items = [] } = await dynamo().send(new ScanCommand({ TableName: 'Notes' }));
  return Items.map(({ id }) => id!.S!).sort();
}

/** Clients that write until they are refused: the acknowledged ids with the time of each, and the end of the clients. */
function writers(count: number) {
  const acknowledged: { id: string; at: number }[] = [];
  const write = async (writer: number) => {
    const client = dynamo();
    for (let n = 0; ; n++) {
      const id = `${writer}-${n}`;
      try {
        await put(client, id);
      } catch {
        return;
      }
      acknowledged.push({ id, at: Date.now() });
    }
  };
  const end = Promise.all(Array.from({ length: count }, (_, writer) => write(writer)));
  return {
    acknowledged,
    end,
    begun: () =>
      eventually(
        () => acknowledged.length,
        (written) => written > count,
      ),
  };
}

const savesFolder = () => join(emulator.state.dataDir, 'saves');
const listed = () => readdirSync(savesFolder()).filter((name) => /^\d+\.json$/.test(name));

it('keeps every write that it acknowledged before a stop under load, and refuses the others', async () => {
  const writing = writers(8);
  await writing.begun();
  expect(await emulator.halt()).toEqual(expect.objectContaining({ isSaved: true, unfinished: {} }));
  await writing.end;
  const acknowledged = writing.acknowledged.map(({ id }) => id);
  await emulator.restart();
  expect(describeLoadedState(emulator.loaded)).toBeUndefined();
  expect(acknowledged.length).toBeGreaterThan(8);
  expect(await ids()).toEqual(expect.arrayContaining(acknowledged));
  expect(await emulator.invoke('Hello')).toBe('hello');
});

it('lets functions finish that are being called when it stops, with what they write', async () => {
  const begun = join(emulator.state.dataDir, 'begun');
  const code = `
    const { createHash, createHmac } = require('crypto');
    const sign = (key, text) => createHmac('sha256', key).update(text).digest();
    exports.handler = async () => {
      require('fs').writeFileSync('${begun}', '');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_ENDPOINT_URL: url } = process.env;
      const body = JSON.stringify({ TableName: 'Notes', Item: { id: { S: 'late' } } });
      const time = new Date().toISOString().replace(/[-:]|\\.\\d{3}/g, '');
      const scope = time.slice(0, 8) + '/us-east-1/dynamodb/aws4_request';
      const headers = { host: new URL(url).host, 'x-amz-date': time, 'x-amz-security-token': token, 'x-amz-target': 'DynamoDB_20120810.PutItem' };
      const names = Object.keys(headers).join(';');
      const hash = (text) => createHash('sha256').update(text).digest('hex');
      const canonical = ['POST', '/', '', ...Object.entries(headers).map(([name, value]) => name + ':' + value), '', names, hash(body)].join('\\n');
      const key = ['us-east-1', 'dynamodb', 'aws4_request'].reduce(sign, sign('AWS4' + secret, time.slice(0, 8)));
      const signature = sign(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\\n')).toString('hex');
      const { host, ...sent } = headers;
      const response = await fetch(url, { method: 'POST', body, headers: { ...sent, 'content-type': 'application/x-amz-json-1.0',
        authorization: 'AWS4-HMAC-SHA256 Credential=' + id + '/' + scope + ', SignedHeaders=' + names + ', Signature=' + signature } });
      if (!response.ok) throw new Error(await response.text());
      return 'written';
    };`;
  const allow = [{ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: '*' }];
  await emulator.deploy('Slow', { Resources: inlineFunction('Slow', code, { Timeout: 30 }, allow) });
  const call = emulator.invoke('Slow');
  await eventually(() => existsSync(begun), Boolean);
  const [report, result] = await Promise.all([emulator.halt(), call]);
  expect([report, result]).toEqual([expect.objectContaining({ isSaved: true, unfinished: {} }), 'written']);
  await emulator.restart();
  expect(await ids()).toEqual(['late']);
});

it('takes no request for that of a function because of a key that it has not made', async () => {
  const code = "exports.handler = () => new Promise((end) => setTimeout(end, 3000, 'done'))";
  const Bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket' } };
  await emulator.deploy('Waiting', {
    Resources: { Bucket, ...inlineFunction('Waiting', code, { Timeout: 10 }) },
  });
  const call = emulator.invoke('Waiting');
  await sleep(500);
  const halted = emulator.halt();
  await sleep(500);
  const key = 'ASIAAAAAAAAAAAAAAAAA/20260101/us-east-1/s3/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}, SignedHeaders=host, Signature=00`;
  const { status } = await fetch(`${emulator.endpoint}/bucket/key`, { headers: { authorization } });
  expect([status, await call]).toEqual([503, 'done']);
  await halted;
  await emulator.restart();
});

it('loses after kill -9 only changes that were acknowledged after the reported save', async () => {
  const { acknowledged, begun, end } = writers(4);
  await begun();
  await emulator.savedAfter(Date.now());
  await emulator.kill();
  await end;
  await emulator.restart();
  const { savedAt, lastChange } = emulator.loaded;
  expect(describeLoadedState(emulator.loaded)).toMatch(
    /killed instead of stopped. Its last save was at \d\d:\d\d:\d\d/,
  );
  const kept = await ids();
  const lost = acknowledged.filter(({ id }) => !kept.includes(id));
  expect(lost.filter(({ at }) => at < savedAt! * 1000)).toEqual([]);
  expect(acknowledged.at(-1)!.at / 1000).toBeLessThanOrEqual(lastChange! + 5);
  expect(kept.length).toBeGreaterThan(4);
});

it('reports no loss when nothing changed after the last save', async () => {
  await put(dynamo(), 'a');
  await emulator.save();
  await sleep(1000);
  await emulator.kill();
  await emulator.restart();
  expect(describeLoadedState(emulator.loaded)).toMatch(/Nothing changed after it.$/);
});

it('saves a consistent snapshot of all services: never the effect of a write without the write', async () => {
  const sqs = new SQSClient({ ...emulator.client, maxAttempts: 1 });
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'Written' }));
  const send = async (writer: number) => {
    const client = dynamo();
    try {
      for (let n = 0; ; n++) {
        await put(client, `${writer}-${n}`);
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `${writer}-${n}` }));
      }
    } catch {
      // It was killed.
    }
  };
  const sending = Promise.all([send(1), send(2), send(3)]);
  await eventually(ids, ({ length }) => length > 9);
  await emulator.savedAfter(Date.now());
  await emulator.kill();
  await sending;
  await emulator.restart();
  const again = new SQSClient(emulator.client);
  const { QueueUrl: url } = await again.send(new GetQueueUrlCommand({ QueueName: 'Written' }));
  const received: string[] = [];
  for (;;) {
    const { Messages = [] } = await again.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 60 }),
    );
    if (Messages.length === 0) break;
    received.push(...Messages.map(({ Body }) => Body!));
  }
  expect(received.length).toBeGreaterThan(3);
  expect(await ids()).toEqual(expect.arrayContaining(received));
});

it('loads the previous save when the newest is damaged, and reports it', async () => {
  await put(dynamo(), 'a');
  await emulator.save();
  await put(dynamo(), 'b');
  await emulator.save();
  await emulator.halt();
  const newest = join(savesFolder(), listed().sort().at(-1)!);
  const { files } = JSON.parse(readFileSync(newest, 'utf8')).save;
  const file = join(savesFolder(), 'files', `dynamodb.${files.dynamodb}.json`);
  const before = JSON.parse(readFileSync(join(savesFolder(), listed().sort()[0]!), 'utf8')).save.files
    .dynamodb;
  // A stop without a change writes no new file of the table.
  if (before !== files.dynamodb) writeFileSync(file, readFileSync(file, 'utf8').slice(0, -9));
  else writeFileSync(newest, readFileSync(newest, 'utf8').slice(0, -9));
  await emulator.restart();
  expect(describeLoadedState(emulator.loaded)).toMatch(
    /The newest save of the local cloud is damaged \(.*\)\. The previous save is used/,
  );
  expect(await ids()).toContain('a');
});

it('does not start without data when every save is damaged, and reports the folder', async () => {
  await put(dynamo(), 'a');
  await emulator.halt();
  const intact = listed().map(
    (name) => [join(savesFolder(), name), readFileSync(join(savesFolder(), name))] as const,
  );
  for (const [file, content] of intact) writeFileSync(file, content.subarray(9));
  await expect(emulator.restart()).rejects.toThrow(`in ${savesFolder()}, and no other save exists`);
  for (const [file, content] of intact) writeFileSync(file, content);
  await emulator.restart();
  expect(await ids()).toEqual(['a']);
});

it('reports a failed last save, and keeps the previous save', async () => {
  await put(dynamo(), 'a');
  await emulator.save();
  await put(dynamo(), 'b');
  const files = join(savesFolder(), 'files');
  renameSync(files, `${files}.away`);
  writeFileSync(files, '');
  const report = await emulator.halt();
  expect(report).toMatchObject({
    isSaved: false,
    reason: expect.stringContaining('NotADirectoryError'),
    savedAt: expect.any(Date),
  });
  rmSync(files);
  renameSync(`${files}.away`, files);
  await emulator.restart();
  expect(await ids()).toContain('a');
});

it('loads what an earlier version kept as one file for each service', async () => {
  await put(dynamo(), 'a');
  await emulator.halt();
  const newest = JSON.parse(readFileSync(join(savesFolder(), listed().sort().at(-1)!), 'utf8')).save;
  for (const service of ['dynamodb', 'sqs', 'iam'])
    copyFileSync(
      join(savesFolder(), 'files', `${service}.${newest.files[service]}.json`),
      join(emulator.state.dataDir, `${service}.json`),
    );
  rmSync(savesFolder(), { recursive: true });
  await emulator.restart();
  expect(await ids()).toEqual(['a']);
  await emulator.save();
  expect(readdirSync(emulator.state.dataDir)).not.toContain('dynamodb.json');
});
