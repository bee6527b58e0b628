import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { defineSaga, nothing } from 'cdk-trellis';
import { pay, release, reserve } from './definitions.js';
import { Approval, Order } from './fixtures/contract.js';
import { emptyStack, sagaWith } from './stacks.js';

/** Definitions that users of JavaScript, or of casts, may write. */
const anySaga = () => defineSaga(Order) as any;
const reserved = () => anySaga().step('reserve', { do: reserve });

const stack = new Stack();
const slow = new LambdaFunction(stack, 'Slow', {
  runtime: Runtime.NODEJS_24_X,
  code: Code.fromInline('exports.handler = async () => 1'),
  handler: 'index.handler',
  timeout: Duration.minutes(2),
});
const imported = LambdaFunction.fromFunctionArn(stack, 'Imported', 'arn:aws:lambda:us-east-1:1:function:x');
const plain = () => import('./fixtures/plain.js');

const refusal = (props: object): string => {
  try {
    sagaWith(props, emptyStack());
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It was not refused');
};

describe('Saga refuses', () => {
  it.each<[string, () => any, string]>([
    ['no steps', () => anySaga(), 'at least one step, got none'],
    [
      'a beginning that does not check the input',
      () => anySaga().parallel({ a: { do: pay }, b: { do: pay } }),
      'must begin with a step',
    ],
    [
      'a name with other characters',
      () => anySaga().step('re-serve', { do: reserve }),
      'a lower-case letter first, got "re-serve"',
    ],
    ['a name that is too long', () => anySaga().step('a'.repeat(31), { do: reserve }), '1 to 30 letters'],
    [
      'a name of its own',
      () => anySaga().step('input', { do: reserve }),
      'must not be one of input, execution',
    ],
    ['a name twice', () => reserved().step('reserve', { do: pay }), 'must be unique, got reserve twice'],
    [
      'a name twice, in a group',
      () => reserved().parallel({ reserve: { do: pay }, b: { do: pay } }),
      'must be unique',
    ],
    [
      'an undo of nothing',
      () => anySaga().step('reserve', { undo: release }),
      '`do` of reserve must be a module',
    ],
    ['a step that is nothing', () => anySaga().step('reserve'), '`do` of reserve must be a module'],
    ['invalid code', () => anySaga().step('reserve', { do: './reserve.js' }), 'got ./reserve.js'],
    [
      'an invalid undo',
      () => anySaga().step('reserve', { do: reserve, undo: {} }),
      '`undo` of reserve must be',
    ],
    ['nothing as a step', () => reserved().step('pay', { do: nothing }), 'for the cases of a choice'],
    [
      'a timeout that Lambda does not have',
      () => anySaga().step('reserve', { do: reserve, timeout: Duration.minutes(16) }),
      'at most 15 minutes, got 16 minutes',
    ],
    [
      'a timeout of less than a second',
      () => anySaga().step('reserve', { do: reserve, timeout: Duration.millis(500) }),
      'whole seconds, at least one',
    ],
    [
      'no timeout for a function that is imported',
      () => anySaga().step('reserve', { do: imported }),
      'because its function is imported',
    ],
    [
      "a timeout below the function's own",
      () => anySaga().step('reserve', { do: slow, timeout: Duration.seconds(10) }),
      "at least its function's, 2 minutes, so that the undo does not run beside it, got 10 seconds",
    ],
    [
      "a timeout below the undo's own",
      () => anySaga().step('reserve', { do: reserve, undo: slow, timeout: Duration.seconds(10) }),
      "at least its function's",
    ],
    [
      'no attempt',
      () => anySaga().step('reserve', { do: reserve, retry: { attempts: 0 } }),
      '`retry` of reserve must have 1 to 100 `attempts`, got 0',
    ],
    [
      'pauses that become shorter',
      () => anySaga().step('reserve', { do: reserve, undoRetry: { backoff: 0.5 } }),
      '`undoRetry` of reserve must have a `backoff` of at least 1',
    ],
    [
      'a pause of less than a second',
      () => anySaga().step('reserve', { do: reserve, retry: { interval: Duration.millis(10) } }),
      '`interval` in `retry` of reserve must be whole seconds',
    ],
    [
      'a longest pause of two days',
      () => anySaga().step('reserve', { do: reserve, retry: { maxInterval: Duration.days(2) } }),
      'at most a day',
    ],
    [
      'a call as the first step, which does not check the input',
      () => anySaga().step('pay', { do: { function: slow, input: {} } }),
      'the first step, pay, must be a module that calls `step({ input: ... }, ...)`',
    ],
    [
      'a call of what is not a function',
      () => reserved().step('pay', { do: { function: './pay.js', input: {} } }),
      '`function` in `do` of pay must be a function, got ./pay.js',
    ],
    [
      'a misspelt property of a call',
      () => reserved().step('pay', { do: { function: slow, input: {}, refuses: {} } }),
      '`do` of pay must have `function`, `input` and `refused` only, got refuses',
    ],
    [
      'a path of a call to a result that is not there yet',
      () => reserved().step('pay', { do: { function: slow, input: { id: 'ship.id' } } }),
      '`input` in `do` of pay must have paths of the context (input, execution, reserve), as in input.total, got "ship.id"',
    ],
    [
      'a path of a call to the result of its own step',
      () => reserved().step('pay', { do: { function: slow, input: { of: { id: 'pay.id' } } } }),
      'got "pay.id"',
    ],
    [
      'an expression in a call',
      () => reserved().step('pay', { do: { function: slow, input: { id: 'input.total * 2' } } }),
      'got "input.total * 2"',
    ],
    ['no input of a call', () => reserved().step('pay', { do: { function: slow } }), 'got undefined'],
    [
      'a path to the failure in a call that does not undo',
      () => reserved().step('pay', { do: { function: slow, input: 'failure' } }),
      'got "failure"',
    ],
    [
      'an undo by a call that refuses',
      () =>
        reserved().step('pay', {
          do: pay,
          undo: { function: slow, input: 'input', refused: { status: { a: 'b' } } },
          timeout: Duration.minutes(2),
        }),
      '`refused` must not be in `undo` of pay, because an undo cannot refuse',
    ],
    [
      'refusals by two fields of a response',
      () =>
        reserved().step('pay', {
          do: { function: slow, input: {}, refused: { a: { x: 'y' }, b: { x: 'y' } } },
        }),
      '`refused` in `do` of pay must have one field of the response with its values',
    ],
    [
      'refusals without a value',
      () => reserved().step('pay', { do: { function: slow, input: {}, refused: { status: {} } } }),
      'must have one field of the response with its values, got {"status":{}}',
    ],
    [
      'a refusal without a code',
      () => reserved().step('pay', { do: { function: slow, input: {}, refused: { status: { a: true } } } }),
      '`refused` in `do` of pay must have a code or `false` for a, got true',
    ],
    [
      'a call that waits for a response and does not pass on the token',
      () =>
        reserved().waitForCallback('approve', {
          do: { function: slow, input: { id: 'input.orderId' } },
          response: Approval,
          wait: Duration.days(1),
        }),
      '`input` in `do` of approve must pass on `taskToken`',
    ],
    [
      'a call of an imported function without its timeout',
      () => reserved().step('pay', { do: { function: imported, input: {} } }),
      'because its function is imported',
    ],
    [
      "a timeout below the called function's own",
      () => reserved().step('pay', { do: { function: slow, input: {} }, timeout: Duration.seconds(10) }),
      "at least its function's, 2 minutes",
    ],
    ['one step in parallel', () => reserved().parallel({ pay: { do: pay } }), 'at least two steps, got 1'],
    [
      'a choice without cases',
      () => reserved().choice('pay', 'input.method', {}),
      'a case with a step, got 0',
    ],
    [
      'a choice of nothing',
      () => reserved().choice('pay', 'input.method', { card: { do: nothing } }),
      'a case with a step, got 1 without',
    ],
    [
      'a choice on what is not there',
      () => reserved().choice('pay', 'later.method', { card: { do: pay } }),
      'earlier step, as in input.method, got "later.method"',
    ],
    [
      'a choice on an expression',
      () => reserved().choice('pay', 'input.a = 1', { card: { do: pay } }),
      'got "input.a = 1"',
    ],
    [
      'a case with other characters',
      () => reserved().choice('pay', 'input.method', { 'a b': { do: pay } }),
      'got "a b"',
    ],
    [
      'a response without `wait`',
      () => reserved().waitForCallback('approve', { do: pay, response: Approval }),
      '`wait` of approve must be whole seconds',
    ],
    [
      'a wait of more than a year',
      () => reserved().waitForCallback('approve', { do: pay, response: Approval, wait: Duration.days(366) }),
      'at most a year',
    ],
  ])('%s', (_what, definition, message) => {
    const refused = refusal({ definition: definition() });
    expect(refused).toContain(message);
    expect(refused).toContain('(at Stack/Fulfilment)');
  });

  it('a wait in an express saga', () => {
    const definition = reserved().waitForCallback('approve', {
      do: pay,
      response: Approval,
      wait: Duration.minutes(1),
    });
    expect(refusal({ definition, type: 'express' })).toContain(
      'approve waits for a response, which an express saga cannot do',
    );
  });

  it('an express saga that could take longer than it may', () => {
    const definition = reserved().step('pay', { do: pay, timeout: Duration.minutes(2) });
    expect(refusal({ definition, type: 'express' })).toMatch(/must end within 300 seconds.* it can take \d+/);
  });

  it('a first step that does not check the input', () => {
    expect(refusal({ definition: anySaga().step('reserve', { do: plain }) })).toMatch(
      /The first step, reserve, must be a module that calls `step\(.* got test\/workflow\/fixtures\/plain.ts/,
    );
  });

  it('two cases whose functions would have one name', () => {
    const definition = reserved().choice('pay', 'input.method', { 'a-b': { do: pay }, a_b: { do: pay } });
    expect(refusal({ definition })).toContain('Two functions would have the name pay_a_b_do');
  });

  it('an invalid check and outcome handler', () => {
    expect(refusal({ cancelled: 1, onOutcome: {} }).split('\n')).toEqual([
      expect.stringContaining('`cancelled` must be a function that imports a module'),
      expect.stringContaining('`onOutcome.handler` must be a function that imports a module'),
    ]);
  });

  it('invalid retries', () => {
    const message = refusal({ retry: { attempts: 0 }, undoRetry: { backoff: 0 } });
    expect(message.split('\n')).toEqual([
      expect.stringContaining('`retry` must have 1 to 100 `attempts`'),
      expect.stringContaining('`undoRetry` must have a `backoff`'),
    ]);
  });

  it('all errors at once', () => {
    const definition = anySaga()
      .step('reserve', { undo: release })
      .step('reserve', { do: pay, timeout: Duration.hours(1) });
    expect(refusal({ definition }).split('\n')).toHaveLength(3);
  });

  it('a module that is not there, where the step is written', () => {
    // @ts-expect-error unknown name
    const missing = () => import('./fixtures/missing.js');
    expect(() => anySaga().step('reserve', { do: missing })).toThrow(
      /`do` of the step reserve: `handler` imports `.\/fixtures\/missing.js`, which does not exist:/,
    );
  });
});
