import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Emulator, inlineFunction } from './emulator.js';
import { table } from './resources.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-streams-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A table whose changes a function writes down: the ids and the numbers in the stream. */
function stackOf(file: string) {
  const code = `exports.handler = async ({ Records }) => require('fs').appendFileSync(process.env.FILE,
    Records.map(({ dynamodb: { Keys, SequenceNumber } }) => Keys.id.S + ' ' + SequenceNumber + '\\n').join(''));`;
  const read = {
    Effect: 'Allow',
    Action: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    Resource: '*',
  };
  return {
    Resources: {
      Notes: table('Notes', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }),
      ...inlineFunction('Reader', code, { Environment: { Variables: { FILE: file } } }, [read]),
      Source: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Reader' },
          EventSourceArn: { 'Fn::GetAtt': ['Notes', 'StreamArn'] },
          StartingPosition: 'TRIM_HORIZON',
        },
      },
    },
  };
}

/** Writes two notes, starts the emulator again, and writes a third; what the function has seen within 30 seconds. */
async function seenAfterRestart(without: readonly string[]): Promise<string[][]> {
  const file = join(folder, `${without.length}.txt`);
  const seen = () => {
    try {
      return readFileSync(file, 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  const emulator = await Emulator.start(without);
  try {
    const put = (id: string) =>
      new DynamoDBClient(emulator.client).send(
        new PutItemCommand({ TableName: 'Notes', Item: { id: { S: id } } }),
      );
    const until = async (count: number) => {
      for (let tries = 0; seen().length < count && tries < 300; tries++) await sleep(100);
    };
    await emulator.deploy('Notes', stackOf(file));
    await put('first');
    await put('second');
    await until(2);
    await emulator.save();
    await emulator.kill();
    await emulator.restart();
    await put('third');
    await until(3);
    return seen().map((line) => line.split(' '));
  } finally {
    await emulator.stop();
  }
}

describe('kept_streams', () => {
  it('a function goes on with the changes after a restart, each once and with a higher number', async () => {
    const seen = await seenAfterRestart([]);
    expect(seen.map(([id]) => id)).toEqual(['first', 'second', 'third']);
    const numbers = seen.map(([, number]) => number!);
    expect(numbers).toEqual([...numbers].sort());
  });

  it('is still needed', async () => {
    const seen = await seenAfterRestart(['kept_streams']);
    expect(seen.map(([id]) => id)).toEqual(['first', 'second']);
  });
});
