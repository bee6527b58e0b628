import { InvocationType, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { FunctionError, handle, invoke } from 'cdk-trellis/runtime';

const lambda = mockClient(LambdaClient);
const greeter = { handler: handle({}, async (event: { name: string }) => ({ text: `Hello ${event.name}` })) };
const { call, send } = invoke<typeof greeter>();
const payload = (value: unknown) => ({ Payload: new TextEncoder().encode(JSON.stringify(value)) as never });

beforeEach(() => lambda.reset());

const sent = () => {
  const [request] = lambda.commandCalls(InvokeCommand);
  return request!.args[0].input;
};

describe('invoke', () => {
  it('calls the function and returns its result', async () => {
    lambda.on(InvokeCommand).resolves(payload({ text: 'Hello Ann' }));
    const result = await call.connect('greet').call({ name: 'Ann' });
    expect(result.text).toBe('Hello Ann');
    expect(sent()).toEqual({
      FunctionName: 'greet',
      InvocationType: InvocationType.RequestResponse,
      Payload: '{"name":"Ann"}',
    });
  });

  it('throws the error of a function that failed', async () => {
    lambda.on(InvokeCommand).resolves({
      FunctionError: 'Unhandled',
      ...payload({ errorType: 'RangeError', errorMessage: 'too long' }),
    });
    const failure = call.connect('greet').call({ name: 'Ann' });
    await expect(failure).rejects.toThrow('The function greet failed: RangeError: too long');
    await expect(failure).rejects.toMatchObject({ errorType: 'RangeError' });
    await expect(failure).rejects.toBeInstanceOf(FunctionError);
  });

  it('returns null of a function that returns nothing', async () => {
    lambda.on(InvokeCommand).resolves({});
    await expect(call.connect('greet').call({ name: 'Ann' })).resolves.toBeNull();
  });

  it('hands an event over without waiting', async () => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 202 });
    await send.connect('greet').send({ name: 'Ann' });
    expect(sent().InvocationType).toBe(InvocationType.Event);
  });

  it('can check the permission without running the function', async () => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 204 });
    await call.connect('greet').dryRun({ name: 'Ann' });
    expect(sent().InvocationType).toBe(InvocationType.DryRun);
  });

  it('is typed by the module', () => {
    // @ts-expect-error an event of another shape
    const wrong = () => call.connect('greet').call({ nom: 'Ann' });
    // @ts-expect-error a client that may only call
    const none = () => call.connect('greet').send({ name: 'Ann' });
    expect([wrong, none]).toHaveLength(2);
  });
});
