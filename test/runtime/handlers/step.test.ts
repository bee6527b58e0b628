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

  it('tells a refusal as an answer', async () => {
    const two = { ...order, lines: [{ quantity: 1 }, { quantity: 1 }] };
    expect(await pay.with({ stage: 'beta' })({ input: two })).toEqual({
      sagaFailure: { kind: 'refused', code: 'too-many', message: 'One line, please.' },
    });
    expect(refused('no')).toEqual({ sagaFailure: { kind: 'refused', code: 'no' } });
  });

  it('answers what is wrong with what it reads, and does not run', async () => {
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
      'The context is not what this undo reads: .input.orderId: ',
    );
    const two = { ...order, lines: [{ quantity: 1 }, { quantity: 1 }] };
    await expect(pay.with({ stage: 'beta' })({ input: two, failure } as never)).rejects.toThrow(
      "An undo must not refuse, got `refused('too-many')`",
    );
  });

  it('tells of many problems the first ones, so that the machine can pass them on', async () => {
    const lines = Array.from({ length: 5000 }, () => ({ quantity: 'x'.repeat(500) }));
    const many = (await pay.with({ stage: 'beta' })({ input: { ...order, lines } } as never)) as any;
    const { kind, problems } = many.sagaFailure;
    expect([kind, problems.length, problems.at(-1).message]).toEqual(['invalid', 11, 'and 4990 more']);
    expect(JSON.stringify(many).length).toBeLessThan(5000);
  });

  it('does not fail as an undo whose result is too large: nobody reads it', async () => {
    const large = step({}, {}, async () => 'x'.repeat(250 * 1024)).with({});
    expect(await large({ failure } as never)).toBeUndefined();
  });

  it('may return nothing, and 240 KB with the context', async () => {
    const returning = (value: unknown) => step({}, {}, async () => value).with({})({} as never);
    expect(await returning(undefined)).toBeUndefined();
    const largest = 240 * 1024 - '{}'.length - '""'.length;
    expect(await returning('x'.repeat(largest))).toHaveLength(largest);
    await expect(returning('x'.repeat(largest + 1))).rejects.toThrow(
      `must be at most 245760 bytes, got 2 and ${largest + 3}. Keep what is large in a table or a bucket`,
    );
    await expect(returning('ü'.repeat(largest / 2 + 1))).rejects.toThrow('must be at most');
  });
});

describe('saga', () => {
  const sfn = mockClient(SFNClient);
  const arn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:fulfilment';
  const starting = saga(Order).start.connect(arn);
  const answering = saga(z.object({ isApproved: z.boolean() })).answer.connect(arn);
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
      'The execution "o1" was started with another input: one name stands for one input.',
    );
  });

  it.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(81)])('refuses the name "%s"', async (name) => {
    await expect(starting.start(name, order)).rejects.toThrow('at most 80, got');
    expect(sfn.calls()).toHaveLength(0);
  });

  it('refuses an input or an answer that is none, and passes on what was given', async () => {
    await expect(starting.start('o1', { orderId: 'o1' } as never)).rejects.toThrow(z.ZodError);
    await expect(answering.succeed('t', {} as never)).rejects.toThrow(z.ZodError);
    const dated = saga(z.object({ day: z.iso.date().transform((day) => new Date(day)) })).start.connect(arn);
    sfn.on(StartExecutionCommand).resolves({});
    await dated.start('d1', { day: '2026-11-21' });
    expect(sfn.commandCalls(StartExecutionCommand)[0]!.args[0].input.input).toBe('{"day":"2026-11-21"}');
  });

  it('tells other errors as they are', async () => {
    sfn.on(StartExecutionCommand).rejects(new Error('no network'));
    await expect(starting.start('o1', order)).rejects.toThrow('no network');
  });

  it('answers a step that waits, or says that nobody will', async () => {
    sfn.on(SendTaskSuccessCommand).resolves({});
    sfn.on(SendTaskFailureCommand).resolves({});
    await answering.succeed('t1', { isApproved: false });
    await answering.fail('t2', 'on holiday');
    expect(sfn.calls().map(({ args }) => args[0].input)).toEqual([
      { taskToken: 't1', output: '{"isApproved":false}' },
      { taskToken: 't2', error: 'SagaResponseFailed', cause: 'on holiday' },
    ]);
  });
});
