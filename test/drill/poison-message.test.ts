import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localClientConfig } from '../../bin/local-storefront.js';
import { nameOf } from '../behaviour/deployed.js';
import { finished, inboxOf, messageAbout, newProduct, placeOrder } from '../behaviour/shop.js';
import { customerTokens, deployedCloud } from '../behaviour/support.js';

const config = localClientConfig(deployedCloud());
const lambda = new LambdaClient(config);
const sqs = new SQSClient(config);
const root = join(__dirname, '../..');

/** Breaks the function as a wrong deployment would, by a version to which its alias moves; returns what repairs it. */
async function withoutInbox(FunctionName: string): Promise<() => Promise<unknown>> {
  const alias = { FunctionName, Name: 'live' };
  const { FunctionVersion } = await lambda.send(new GetAliasCommand(alias));
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { INBOX_TABLE, ...Variables } = Environment!.Variables!;
  expect(INBOX_TABLE).toEqual(expect.any(String));
  const change = (variables: Record<string, string>) =>
    lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: variables } }),
    );
  await change(Variables);
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: Version }));
  return async () => {
    await lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion }));
    await change({ ...Variables, INBOX_TABLE: INBOX_TABLE! });
  };
}

/** A message that failed comes again at once, and not after the minute that it takes otherwise. */
async function impatient(QueueUrl: string): Promise<() => Promise<unknown>> {
  const AttributeNames = ['VisibilityTimeout' as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  const change = (VisibilityTimeout: string) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));
  await change('1');
  return () => change(Attributes!.VisibilityTimeout!);
}

async function lengthOf(QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages);
}

it('a message that the worker cannot handle waits in its dead-letter queue, and is delivered after the repair and a redrive', async () => {
  const { accessToken: token } = await customerTokens();
  const queue = (logicalId: string) => nameOf('StorefrontNotifications', 'AWS::SQS::Queue', logicalId);
  const deadLetters = await queue('MessagesDeadLetters');
  const patient = await impatient(await queue('MessagesQueue'));
  const repair = await withoutInbox(
    await nameOf('StorefrontNotifications', 'AWS::Lambda::Function', 'MessagesFunction'),
  );
  let orderId = '';
  try {
    orderId = (await placeOrder({ productId: await newProduct(1), token })).body.orderId;
    expect(await finished(orderId, token)).toMatchObject({ status: 'CONFIRMED' });
    for (let attempt = 0; attempt < 450 && (await lengthOf(deadLetters)) === 0; attempt += 1) {
      await setTimeout(200);
    }
    expect(await lengthOf(deadLetters)).toBe(1);
    expect((await inboxOf(token)).map((message) => message.orderId)).not.toContain(orderId);
  } finally {
    await repair();
    await patient();
  }

  const command = [join(root, 'lib/cli/trellis.mjs'), 'redrive', 'StorefrontNotifications/Messages'];
  expect(execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' })).toContain('1 redriven');
  expect(await messageAbout(orderId, token)).toMatchObject([{ kind: 'order-confirmed' }]);
  expect(await lengthOf(deadLetters)).toBe(0);
});
