import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { apis, config, eventually, invoke, itemsOf, logged, mailbox, output, sqs } from './support.js';

describe('a validator of API Gateway', () => {
  const post = (body: string) =>
    fetch(`${apis.notes}/notes`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

  it.each([
    ['without a property', '{"text":"x"}'],
    ['with a wrong type', '{"text":"x","pages":"1"}'],
    ['with a text that is too long', `{"text":"${'x'.repeat(21)}","pages":1}`],
    ['with a property that there is not', '{"text":"x","pages":1,"more":1}'],
    ['that is not JSON', '{"text"'],
  ])('refuses a body %s before the function runs', async (_what, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    // The function would list each error with its path; on AWS the gateway's own response is a problem, too.
    expect(await response.json()).toEqual({ message: 'Invalid request body' });
    expect(await itemsOf('Notes')).toEqual([]);
  });

  it('lets a valid body through', async () => {
    expect((await post('{"text":"x","pages":1}')).status).toBe(201);
    expect(await itemsOf('Notes')).toMatchObject([{ text: 'x', pages: 1 }]);
  });
});

it('a function finds its layers at /opt, and runs as the version of its alias', async () => {
  const result = await invoke(output('Live'));
  expect(result).toMatchObject({ sum: { amount: 3, currency: 'EUR' }, functionVersion: '1' });
  expect(result.invokedFunctionArn).toMatch(/:live$/);
  expect(result.packages).toContain('@storefront/commerce');
  const unqualified = output('Layered').replace(/:live$/, '');
  expect(await invoke(unqualified)).toMatchObject({ functionVersion: '$LATEST' });
});

it('a message that fails goes to the dead-letter queue, and the others of its batch are done once', async () => {
  const send = (name: string, fails: boolean) =>
    sqs.send(
      new SendMessageCommand({ QueueUrl: output('Tasks'), MessageBody: JSON.stringify({ name, fails }) }),
    );
  await Promise.all([send('bad', true), send('good', false)]);
  const [dead] = await eventually(mailbox('DeadTasks'), (all) => all.length > 0);
  expect(dead).toMatchObject({ name: 'bad' });
  expect(await logged('task bad')).toHaveLength(2);
  expect(await logged('task good')).toHaveLength(1);
});

it('a custom resource gives the stack the data that its function returns', () => {
  expect(output('Calculation')).toBe('42');
});

it('a custom resource that its function refuses fails the stack, with the reason', async () => {
  const client = new CloudFormationClient(config);
  const StackName = 'TrellisDrillFailed';
  const Properties = { ServiceToken: output('CalculationFunction'), expression: '1 / 0' };
  const TemplateBody = JSON.stringify({ Resources: { Failed: { Type: 'Custom::Calculation', Properties } } });
  await client.send(new CreateStackCommand({ StackName, TemplateBody, OnFailure: 'DO_NOTHING' }));
  try {
    const waiting = { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
    await expect(waitUntilStackCreateComplete(waiting, { StackName })).rejects.toThrow();
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName }));
    expect(StackEvents).toContainEqual(
      expect.objectContaining({
        LogicalResourceId: 'Failed',
        ResourceStatus: 'CREATE_FAILED',
        ResourceStatusReason: expect.stringContaining('Unknown expression'),
      }),
    );
  } finally {
    await client.send(new DeleteStackCommand({ StackName }));
  }
});

it('a job runs by its schedule', async () => {
  const runs = await eventually(
    () => logged('every minute'),
    (all) => all.length > 0,
  );
  expect(runs[0]?.scheduledTime).toMatch(/\d{4}/);
});
