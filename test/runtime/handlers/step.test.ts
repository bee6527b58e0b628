import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { refused, type SagaFailure, saga, step, text } from 'cdk-trellis/runtime';
import * as z from 'zod';

const Order = z.object({ orderId: z.string(), lines: z.array(z.object({ quantity: z.int().positive() })) });
const order = { orderId: 'o1', lines: [{ quantity: 1 }] };
const execution = { id: 'arn:o1', name: 'o1' };
const failure: SagaFailure = { step: 'pay', reason: { kind: 'cancelled' } };

describe('step', () => {
  const pay = step({ input: Order }, { stage: text() }, async ({ input }, { stage }, saga) => {
    if (input.lines.length > 1) return refused('too-many', 'One line, please.');
    return { stage, ...saga, orderId: input.orderId };
  });

  it('is given what it reads, its clients and the execution', async () => {
    const call = pay.with({ stage: 'beta' });
    const event = { input: { ...order, unknown: 1 }, execution, other: 'x' } as never;
    expect(await call(event)).toEqual({
      stage: 'beta',
      orderId: 'o1',
      // Of an execution that a former version of the library started, which has a name only.
      execution: { ...execution, runId: execution.name },
    });
    const own = { ...execution, runId: 'o1@today' };
    expect(await call({ input: order, execution: own })).toMatchObject({ execution: own });
    expect(await call({ input: order })).toMatchObject({ execution: { name: 'test' } });
  });

  it('takes its clients from the environment', async () => {
    process.env.STAGE_TEXT = 'gamma';
    expect(await pay({ input: order }, {} as never)).toMatchObject({ stage: 'gamma' });
    delete process.env.STAGE_TEXT;
  });

  it('returns a refusal as a result', async () => {
    const two = { ...order, lines: [{ quantity: 1 }, { quantity: 1 }] };
    expect(await pay.with({ stage: 'beta' })({ input: two })).toEqual({
      sagaFailure: { kind: 'refused', code: 'too-many', message: 'One line, please.' },
    });
    expect(refused('no')).toEqual({ sagaFailure: { kind: 'refused', code: 'no' } });
  });

  it('returns the errors of an invalid context, and does not run', async () => {
    const bad = { input: { orderId: 1, lines: [{ quantity: 0 }] } } as never;
    expect(await pay.with({ stage: 'beta' })(bad)).toEqual({
      sagaFailure: {
        kind: 'invalid',
        problems: [
          { path: '.input.orderId', message: expect.stringContaining('expected string') },
          { path: '.input.lines[0].quantity', message: expect.any(String) },
        ],
      },
    });
  });

  it('has the reason why, as an undo', async () => {
    const undo = step({ pay: z.string().optional() }, {}, async ({ pay }, _clients, { failure }) => [
      pay,
      failure?.step,
    ]);
    expect(await undo.with({})({ failure } as never)).toEqual([undefined, 'pay']);
    expect(await undo.with({})({ failure, pay: 'p1' } as never)).toEqual(['p1', 'pay']);
  });

  it('fails as an undo that cannot read the context, or refuses: it is still to be done', async () => {
    await expect(pay.with({ stage: 'beta' })({ input: {}, failure } as never)).rejects.toThrow(
      "The saga context does not match this undo's schema: .input.orderId: ",
    );
    const two = { ...order, lines: [{ quantity: 1 }, { quantity: 1 }] };
    await expect(pay.with({ stage: 'beta' })({ input: two, failure } as never)).rejects.toThrow(
      "An undo must not return `refused(...)`, got `refused('too-many')`",
    );
  });

  it('lists the first of many problems, so that the machine can pass them on', async () => {
    const lines = Array.from({ length: 5000 }, () => ({ quantity: 'x'.repeat(500) }));
    const many = (await pay.with({ stage: 'beta' })({ input: { ...order, lines } } as never)) as any;
    const { kind, problems } = many.sagaFailure;
    expect([kind, problems.length, problems.at(-1).message]).toEqual(['invalid', 11, 'and 4990 more']);
    expect(JSON.stringify(many).length).toBeLessThan(5000);
  });

  it('does not fail as an undo whose result is too large: it is never read', async () => {
    const large = step({}, {}, async () => 'x'.repeat(250 * 1024)).with({});
    expect(await large({ failure } as never)).toBeUndefined();
  });

  it('may return nothing, and 240 KB with the context', async () => {
    const returning = (value: unknown) => step({}, {}, async () => value).with({})({} as never);
    expect(await returning(undefined)).toBeUndefined();
    const largest = 240 * 1024 - '{}'.length - '""'.length;
    expect(await returning('x'.repeat(largest))).toHaveLength(largest);
    await expect(returning('x'.repeat(largest + 1))).rejects.toThrow(
      `must be at most 245760 bytes, got 2 and ${largest + 3}. Store large data in a table or a bucket`,
    );
    await expect(returning('ü'.repeat(largest / 2 + 1))).rejects.toThrow('must be at most');
  });
});

describe('saga', () => {
  const sfn = mockClient(SFNClient);
  const arn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:fulfilment';
  const starting = saga(Order).start.connect(arn);
  const responding = saga(z.object({ isApproved: z.boolean() })).respond.connect(arn);
  const exists = new ExecutionAlreadyExists({ message: 'exists', $metadata: {} });

  beforeEach(() => sfn.reset());

  it('starts an execution by its name', async () => {
    sfn.on(StartExecutionCommand).resolves({});
    await starting.start('o1', order);
    expect(sfn.commandCalls(StartExecutionCommand)[0]!.args[0].input).toEqual({
      stateMachineArn: arn,
      name: 'o1',
      input: JSON.stringify(order),
    });
  });

  it('is content with an execution of the same name and input, however it is written', async () => {
    sfn.on(StartExecutionCommand).rejects(exists);
    const { lines, orderId } = order;
    sfn.on(DescribeExecutionCommand).resolves({ input: JSON.stringify({ lines, orderId }, undefined, 2) });
    await starting.start('o1', order);
    expect(sfn.commandCalls(DescribeExecutionCommand)[0]!.args[0].input).toEqual({
      executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:fulfilment:o1',
    });
  });

  it('refuses a name that stands for another input', async () => {
    sfn.on(StartExecutionCommand).rejects(exists);
    sfn.on(DescribeExecutionCommand).resolves({ input: JSON.stringify({ ...order, orderId: 'o2' }) });
    await expect(starting.start('o1', order)).rejects.toThrow(
      'The execution "o1" was started with another input. Choose another name.',
    );
  });

  it.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(81)])('refuses the name "%s"', async (name) => {
    await expect(starting.start(name, order)).rejects.toThrow('hyphens and underscores, got');
    expect(sfn.calls()).toHaveLength(0);
  });

  it('rejects an invalid input or response, and passes a valid one on unparsed', async () => {
    await expect(starting.start('o1', { orderId: 'o1' } as never)).rejects.toThrow(z.ZodError);
    await expect(responding.succeed('t', {} as never)).rejects.toThrow(z.ZodError);
    const dated = saga(z.object({ day: z.iso.date().transform((day) => new Date(day)) })).start.connect(arn);
    sfn.on(StartExecutionCommand).resolves({});
    await dated.start('d1', { day: '2026-11-21' });
    expect(sfn.commandCalls(StartExecutionCommand)[0]!.args[0].input.input).toBe('{"day":"2026-11-21"}');
  });

  it('throws other errors unchanged', async () => {
    sfn.on(StartExecutionCommand).rejects(new Error('no network'));
    await expect(starting.start('o1', order)).rejects.toThrow('no network');
  });

  it('responds to a step that waits, or fails it', async () => {
    sfn.on(SendTaskSuccessCommand).resolves({});
    sfn.on(SendTaskFailureCommand).resolves({});
    await responding.succeed('t1', { isApproved: false });
    await responding.fail('t2', 'on holiday');
    expect(sfn.calls().map(({ args }) => args[0].input)).toEqual([
      { taskToken: 't1', output: '{"isApproved":false}' },
      { taskToken: 't2', error: 'SagaResponseFailed', cause: 'on holiday' },
    ]);
  });
});
