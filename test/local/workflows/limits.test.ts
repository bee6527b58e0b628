import { Emulator, inlineFunction } from '../emulator.js';
import { Executions } from './executions.js';

jest.setTimeout(180_000);

let emulator: Emulator;
let executions: Executions;

beforeAll(async () => {
  emulator = await Emulator.start();
  executions = await Executions.prepare(emulator);
  const code = 'exports.handler = async ({ size, text }) => text.repeat(size);';
  await emulator.deploy('Limits', { Resources: inlineFunction('Large', code) });
});
afterAll(() => emulator?.stop());

const MAX = 262_144;
/** The quotes are part of the JSON. */
const large = (size: number, text = 'x') => ({
  Type: 'Task',
  Resource: 'arn:aws:states:us-east-1:000000000000:function:Large'.replace(':states:', ':lambda:'),
  Parameters: { size, text },
  End: true,
});
const tooLarge = expect.objectContaining({ status: 'FAILED', error: 'States.DataLimitExceeded' });

describe('262,144 bytes', () => {
  it.concurrent('are what a result may have, as UTF-8', async () => {
    const run = (name: string, size: number, text?: string) =>
      executions.run(name, { StartAt: 't', States: { t: large(size, text) } });
    expect(await run('Fits', MAX - 2)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await run('TooLong', MAX - 1)).toEqual(tooLarge);
    expect(await run('TooManyBytes', MAX / 2, '\u00e9')).toEqual(tooLarge);
  });

  it.concurrent('are what the results of parallel branches may have together, and are caught by name only', async () => {
    const half = { StartAt: 't', States: { t: large(MAX / 2 + 1) } };
    const states = (error: string) => ({
      StartAt: 'p',
      States: {
        p: {
          Type: 'Parallel',
          Branches: [half, half],
          Catch: [{ ErrorEquals: [error], Next: 'q' }],
          End: true,
        },
        q: { Type: 'Pass', OutputPath: '$.Error', End: true },
      },
    });
    expect(await executions.run('All', states('States.ALL'))).toEqual(tooLarge);
    expect(await executions.run('Named', states('States.DataLimitExceeded'))).toEqual({
      status: 'SUCCEEDED',
      output: 'States.DataLimitExceeded',
    });
  });

  it.concurrent('are what the input of an execution and of a task may have', async () => {
    await executions.create('Input', { StartAt: 's', States: { s: { Type: 'Succeed' } } });
    const refused = expect.objectContaining({ name: 'ValidationException' });
    await expect(executions.start('Input', 'x'.repeat(MAX - 1))).rejects.toThrow(refused);
    const states = {
      StartAt: 't',
      States: {
        t: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: 'Large', Payload: { 'a.$': '$', 'b.$': '$' } },
          End: true,
        },
      },
    };
    expect(await executions.run('Arguments', states, 'x'.repeat(MAX / 2))).toEqual(tooLarge);
  });
});

it('an execution has at most 25,000 events', async () => {
  const states = { a: { Type: 'Pass', Next: 'b' }, b: { Type: 'Pass', Next: 'a' } };
  await executions.create('Endless', { StartAt: 'a', States: states });
  const arn = await executions.start('Endless');
  expect(await executions.end(arn)).toMatchObject({
    status: 'FAILED',
    cause: 'The execution reached the maximum number of history events (25000).',
  });
  expect((await executions.describe(arn)).redriveStatus).toBe('NOT_REDRIVABLE');
});
