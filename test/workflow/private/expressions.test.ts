import jsonata from 'jsonata';
import * as expressions from '../../../lib/workflow/private/expressions.js';

const execution = {
  Id: 'arn:execution:e1',
  Name: 'e1',
  StartTime: '2026-11-30T12:00:00.000Z',
  Input: { id: 7, list: ['one'], method: 'card' },
};
const context = { Execution: execution, Task: { Token: 'AAA+/=' } };

/** Evaluates an expression by the reference implementation of JSONata, which Step Functions follows. */
async function evaluate(expression: string, states: object): Promise<unknown> {
  const value = await jsonata(expression).evaluate({}, { states: { context, ...states } });
  // The library's sequences and objects have properties of their own.
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

const shown = { id: 'arn:execution:e1', name: 'e1', runId: 'e1@2026-11-30T12:00:00.000Z' };

describe('the expressions of a saga', () => {
  it('give a function the context, the input and the execution', async () => {
    const event = { input: execution.Input, execution: shown };
    expect(await evaluate(expressions.eventOf('{}'), { input: execution.Input })).toEqual(event);
    expect(await evaluate(expressions.eventOf('$states.input'), { input: { a: [1] } })).toEqual({
      a: [1],
      ...event,
    });
    const waiting = expressions.eventOf('$states.input', '"taskToken": $states.context.Task.Token');
    expect(await evaluate(waiting, { input: {} })).toEqual({ ...event, taskToken: 'AAA+/=' });
  });

  it.each([
    [{ id: 1 }],
    [['one']],
    [[]],
    [[['nested']]],
    [{ list: ['one'], none: [], nothing: null }],
    ['text'],
    [0],
    [false],
    [null],
  ])('keep the result %j as it is', async (Payload) => {
    const added = await evaluate(expressions.withResult('$states.input', 'pay', '$states.result.Payload'), {
      input: { reserve: { list: ['one'] } },
      result: { Payload },
    });
    expect(added).toEqual({ reserve: { list: ['one'] }, pay: Payload });
    const unchecked = expressions.withUncheckedResult('$states.input', 'pay', '$states.result.Payload');
    const states = { input: { reserve: { list: ['one'] } }, result: { Payload } };
    expect(await evaluate(unchecked, states)).toEqual(added);
  });

  describe('of results that nothing has checked', () => {
    const kilobytes = (count: number, text = 'x') => text.repeat((count * 1024) / Buffer.byteLength(text));
    const failure = (step: string) => ({
      step,
      reason: expect.objectContaining({ kind: 'failed', error: 'States.DataLimitExceeded' }),
    });
    const contextAfter = (input: object, result: unknown) =>
      evaluate(expressions.withUncheckedResult('$states.input', 'approve', '$states.result'), {
        input,
        result,
      });
    const results = (input: object, result: object[]) =>
      evaluate(expressions.withResults('a, b'), { input, result });

    it('undo the saga when the context with a response would be too large for the next state', async () => {
      const quote = { quote: kilobytes(150) };
      expect(await contextAfter(quote, kilobytes(80))).toMatchObject({ approve: kilobytes(80) });
      expect(await contextAfter(quote, kilobytes(95))).toEqual({ ...quote, failure: failure('approve') });
    });

    it.each(['ü', '€', '😀'])('count %s as the bytes that it may have', async (text) => {
      expect(await contextAfter({}, kilobytes(50, text))).toEqual({ approve: kilobytes(50, text) });
      expect(await contextAfter({}, kilobytes(245, text))).toEqual({ failure: failure('approve') });
    });

    it('keep a refusal', async () => {
      const sagaFailure = { kind: 'refused', code: 'no' };
      expect(await contextAfter({ a: 1 }, { sagaFailure })).toEqual({
        a: 1,
        failure: { step: 'approve', reason: sagaFailure },
      });
    });

    it('undo parallel steps whose results fit alone and not together', async () => {
      const before = { reserve: 1 };
      const [a, b] = [{ a: kilobytes(125) }, { b: kilobytes(125) }];
      expect(await results(before, [a, { b: 'small' }])).toEqual({ ...before, ...a, b: 'small' });
      expect(await results(before, [a, b])).toEqual({ ...before, failure: failure('a, b') });
      const refusal = { step: 'b', reason: { kind: 'refused', code: 'no' } };
      expect(await results(before, [a, { failure: refusal }])).toEqual({ ...before, ...a, failure: refusal });
      const c = { c: kilobytes(125) };
      expect(await results(before, [a, c, { failure: refusal }])).toEqual({ ...before, failure: refusal });
    });
  });

  it('note a refusal instead of a result', async () => {
    const sagaFailure = { kind: 'refused', code: 'no' };
    const expression = expressions.withResult('$states.input', 'pay', '$states.result.Payload');
    expect(await evaluate(expression, { input: { a: 1 }, result: { Payload: { sagaFailure } } })).toEqual({
      a: 1,
      failure: { step: 'pay', reason: sagaFailure },
    });
  });

  it.each([
    [{ Error: 'States.Timeout' }, { error: 'States.Timeout' }],
    [
      { Error: 'RangeError', Cause: '{"errorMessage":"no"}' },
      { error: 'RangeError', cause: '{"errorMessage":"no"}' },
    ],
    [
      { Error: 'Long', Cause: 'x'.repeat(40_000) },
      { error: 'Long', cause: 'x'.repeat(1000) },
    ],
  ])('note an error, and the beginning of its cause where there is one', async (errorOutput, reason) => {
    expect(await evaluate(expressions.withError('{}', 'pay'), { input: {}, errorOutput })).toEqual({
      failure: { step: 'pay', reason: { kind: 'failed', ...reason } },
    });
    expect(await evaluate(expressions.WITH_UNDO_ERROR, { input: { a: 1 }, errorOutput })).toEqual({
      a: 1,
      undoFailure: reason,
    });
  });

  it('know a failure, and an input that is not valid', async () => {
    const failed = (kind: string) => ({ input: { failure: { step: 'pay', reason: { kind } } } });
    expect(await evaluate(expressions.HAS_FAILED, { input: { a: 1 } })).toBe(false);
    expect(await evaluate(expressions.HAS_FAILED, failed('refused'))).toBe(true);
    expect(await evaluate(expressions.IS_INVALID, { input: { a: 1 } })).toBe(false);
    expect(await evaluate(expressions.IS_INVALID, failed('refused'))).toBe(false);
    expect(await evaluate(expressions.IS_INVALID, failed('invalid'))).toBe(true);
  });

  it('note that a saga is cancelled, unless something has failed before', async () => {
    const expression = expressions.withCancellation('pay');
    const failed = { failure: { step: 'reserve', reason: { kind: 'refused' } } };
    expect(await evaluate(expression, { input: { a: 1 }, result: { Payload: false } })).toEqual({ a: 1 });
    expect(await evaluate(expression, { input: { a: 1 }, result: { Payload: true } })).toEqual({
      a: 1,
      failure: { step: 'pay', reason: { kind: 'cancelled' } },
    });
    expect(await evaluate(expression, { input: failed, result: { Payload: true } })).toEqual(failed);
    // Any other result is false, such as that of a step whose input is invalid.
    for (const Payload of [null, 'yes', { sagaFailure: {} }, [true, true]]) {
      expect(await evaluate(expression, { input: { a: 1 }, result: { Payload } })).toEqual({ a: 1 });
    }
    const errorOutput = { Error: 'E', Cause: 'c' };
    expect(await evaluate(expressions.withFailedCheck('pay'), { input: failed, errorOutput })).toEqual(
      failed,
    );
    expect(await evaluate(expressions.withFailedCheck('pay'), { input: {}, errorOutput })).toEqual({
      failure: { step: 'pay', reason: { kind: 'failed', error: 'E', cause: 'c' } },
    });
  });

  it('select a case by a value of the input or of a result', async () => {
    const input = { quote: { kind: 'a-b', isFree: true }, and: 'x' };
    const selects = (on: string, value: string) => evaluate(expressions.isCase(on, value), { input });
    expect(await selects('input.method', 'card')).toBe(true);
    expect(await selects('input.method', 'invoice')).toBe(false);
    expect(await selects('quote.kind', 'a-b')).toBe(true);
    expect(await selects('quote.isFree', 'true')).toBe(true);
    expect(await selects('and', 'x')).toBe(true);
    expect(await selects('quote.missing', 'undefined')).toBe(false);
  });

  it('make the event of a called function from values of the context, and leave out what is missing', async () => {
    const input = {
      reserve: { id: 'r1', lines: [{ id: 1 }], none: [], nothing: null },
      failure: { step: 'pay' },
    };
    const event = (of: Parameters<typeof expressions.callEvent>[0]) =>
      evaluate(expressions.callEvent(of), { input });
    expect(
      await event({
        id: 'reserve.id',
        owner: { run: 'execution.runId', name: 'execution.name' },
        list: 'input.list',
        lines: 'reserve.lines',
        none: 'reserve.none',
        nothing: 'reserve.nothing',
        missing: 'input.missing',
        token: 'taskToken',
        step: 'failure.step',
      }),
    ).toEqual({
      id: 'r1',
      owner: { run: shown.runId, name: 'e1' },
      list: ['one'],
      lines: [{ id: 1 }],
      none: [],
      nothing: null,
      token: 'AAA+/=',
      step: 'pay',
    });
    expect(await event('input')).toEqual(execution.Input);
    expect(await event('execution')).toEqual(shown);
    expect(await event({})).toEqual({});
  });

  it('add the response of a called function to the context, or the refusal that it means', async () => {
    const refused = { status: { done: false, 'sold out': 'no-stock', duplicate: 'duplicate' } } as const;
    const result = expressions.callResult(refused, '$states.result.Payload');
    const expression = expressions.withUncheckedResult('$states.input', 'reserve', result);
    const contextAfter = (Payload: unknown) => evaluate(expression, { input: { a: 1 }, result: { Payload } });
    const failed = (reason: object) => ({ a: 1, failure: { step: 'reserve', reason } });
    expect(await contextAfter({ status: 'done', lines: [1] })).toEqual({
      a: 1,
      reserve: { status: 'done', lines: [1] },
    });
    expect(await contextAfter({ status: 'sold out', left: 0 })).toEqual(
      failed({ kind: 'refused', code: 'no-stock' }),
    );
    expect(await contextAfter({ status: 'duplicate' })).toEqual(
      failed({ kind: 'refused', code: 'duplicate' }),
    );
  });

  it.each([[{ status: 'pending' }], [{}], [null], ['done'], [{ status: ['done', 'done'] }]])(
    'fail a step whose function returns %j, which `refused` does not know',
    async (Payload) => {
      const result = expressions.callResult({ status: { done: false, no: 'no' } }, '$states.result.Payload');
      const expression = expressions.withUncheckedResult('$states.input', 'pay', result);
      const context = (await evaluate(expression, { input: {}, result: { Payload } })) as any;
      expect(context).toEqual({
        failure: {
          step: 'pay',
          reason: {
            kind: 'failed',
            error: 'SagaUnknownResponse',
            cause: expect.stringMatching(/^`status` of the response must be one of done, no, got /),
          },
        },
      });
    },
  );

  it('read a refusal from a boolean', async () => {
    const result = expressions.callResult({ declined: { true: 'declined', false: false } }, '$states.result');
    expect(await evaluate(result, { result: { id: 1, declined: false } })).toEqual({
      id: 1,
      declined: false,
    });
    expect(await evaluate(result, { result: { id: 1, declined: true } })).toEqual({
      sagaFailure: { kind: 'refused', code: 'declined' },
    });
  });

  it('create the outcome of a saga', async () => {
    const results = { reserve: { id: 1 } };
    const all = { input: execution.Input };
    expect(await evaluate(expressions.COMPLETED, { input: { ...results, undoFailure: {} } })).toEqual({
      status: 'completed',
      execution: shown,
      context: { ...results, ...all },
    });
    const failure = { step: 'pay', reason: { kind: 'refused', code: 'no' } };
    const undone = { status: 'undone', execution: shown, failedStep: 'pay', reason: failure.reason };
    expect(await evaluate(expressions.UNDONE, { input: { ...results, failure, undoFailure: {} } })).toEqual({
      ...undone,
      context: { ...results, ...all },
    });
    expect(await evaluate(expressions.UNDONE, { input: { failure, unfinished: ['pay'] } })).toEqual({
      ...undone,
      unfinished: ['pay'],
      context: all,
    });
    expect(await evaluate(expressions.REFUSED, { input: { failure } })).toEqual({
      status: 'refused',
      execution: shown,
      reason: failure.reason,
      context: all,
    });
  });

  it('distinguish a technical reason from a refusal', async () => {
    const isTechnical = (kind: string) => evaluate(expressions.IS_TECHNICAL, { input: { reason: { kind } } });
    expect(await Promise.all(['failed', 'invalid', 'refused', 'cancelled'].map(isTechnical))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const unfinished = { reason: { kind: 'refused' }, unfinished: ['pay'] };
    expect(await evaluate(expressions.IS_TECHNICAL, { input: unfinished })).toBe(false);
    const unwritten = { ...unfinished, unwritten: ['pay'] };
    expect(await evaluate(expressions.IS_TECHNICAL, { input: unwritten })).toBe(true);
    const long = { failedStep: 'pay', reason: { kind: 'invalid', problems: ['x'.repeat(40_000)] } };
    expect(((await evaluate(expressions.CAUSE, { input: long })) as string).length).toBeLessThan(32_768);
    const input = { failedStep: 'pay', reason: { kind: 'failed' }, context: { secret: 1 } };
    expect(JSON.parse((await evaluate(expressions.CAUSE, { input })) as string)).toEqual({
      failedStep: 'pay',
      reason: { kind: 'failed' },
    });
  });

  it('write down what a person needs, and nothing of the input where the execution waits', async () => {
    const input = { reserve: 1, undoFailure: { error: 'E' } };
    const message = await evaluate(expressions.waitingMessage('The undo of "pay"'), { input });
    expect(JSON.parse(message as string)).toEqual({
      problem: 'The undo of "pay" failed at all retries. The execution waits.',
      execution: 'arn:execution:e1',
      failure: { error: 'E' },
      taskToken: 'AAA+/=',
      tryAgain: "aws stepfunctions send-task-success --task-output '{}' --task-token 'AAA+/='",
      goOnBecauseItIsDoneByHand:
        "aws stepfunctions send-task-failure --error DoneByHand --task-token 'AAA+/='",
      afterwards: 'Delete this message.',
    });
    const event = expressions.eventOf('$states.input');
    const left = await evaluate(expressions.expressMessage('The undo of pay', 'arn:f', event), { input });
    expect(JSON.parse(left as string)).toMatchObject({
      function: 'arn:f',
      event: { reserve: 1, input: execution.Input, execution: shown },
    });
  });

  it('collect what an express saga has left', async () => {
    const expression = expressions.withUnfinished('pay');
    expect(await evaluate(expression, { input: { a: 1 } })).toEqual({ a: 1, unfinished: ['pay'] });
    expect(await evaluate(expression, { input: { unfinished: ['ship'] } })).toEqual({
      unfinished: ['ship', 'pay'],
    });
    expect(await evaluate(expressions.withUnwritten('pay'), { input: { unfinished: ['ship'] } })).toEqual({
      unfinished: ['ship', 'pay'],
      unwritten: ['pay'],
    });
  });
});
