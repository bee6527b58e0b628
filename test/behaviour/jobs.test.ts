import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { localClientConfig } from '../../bin/local-storefront.js';
import { STOCK } from '../../stacks/products.js';
import { publishedName } from '../../stacks/published-functions.js';
import { signed } from '../support/sigv4.js';
import { nameOf } from './deployed.js';
import { finished, newProduct, placeOrder, stockOf } from './shop.js';
import { customerTokens, deployedCloud, deployedInfo } from './support.js';

const config = localClientConfig(deployedCloud());

/** Calls the Scheduler, of whose client this would be the only use. */
async function schedule(name: string, created?: object): Promise<any> {
  const url = `${config.endpoint}/schedules/${name}`;
  const request = created && { method: 'POST', body: JSON.stringify(created) };
  const headers = signed(url, config.credentials, 'scheduler', request);
  const response = await fetch(url, { ...request, headers });
  const body = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body));
  return body;
}

/**
 * Has the Scheduler do now what a schedule of the storefront will have it do: the same target with the same role, once.
 *
 * @param input in place of the schedule's own
 */
async function fire(stack: string, logicalId: string, input?: object): Promise<void> {
  const name = (await nameOf(stack, 'AWS::Scheduler::Schedule', logicalId)).split('/').at(-1)!;
  const { State, Target } = await schedule(name);
  expect(State).toBe('ENABLED');
  await schedule(`now-${randomUUID()}`, {
    ScheduleExpression: `at(${new Date().toISOString().slice(0, 19)})`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: { ...Target, ...(input && { Input: JSON.stringify(input) }) },
  });
}

/** Reads until the value is as expected, for a minute and a half at most, and returns the last value. */
async function eventually<Value>(read: () => Promise<Value>, isExpected: (value: Value) => boolean) {
  let value = await read();
  for (let attempt = 0; attempt < 180 && !isExpected(value); attempt += 1) {
    await setTimeout(500);
    value = await read();
  }
  return value;
}

it('what an abandoned order has reserved goes back to the stock', async () => {
  const productId = await newProduct(5);
  const order = { orderId: `ord_${randomUUID().replaceAll('-', '')}`, lines: [{ productId, quantity: 3 }] };
  await new LambdaClient(config).send(
    new InvokeCommand({ FunctionName: publishedName(STOCK, 'Reserve'), Payload: JSON.stringify(order) }),
  );
  expect(await stockOf(productId)).toBe(2);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  await documents.send(
    new UpdateCommand({
      TableName: await nameOf('StorefrontProducts', 'AWS::DynamoDB::GlobalTable', 'Reservations'),
      Key: { orderId: order.orderId },
      UpdateExpression: 'SET reservedAt = :before',
      ExpressionAttributeValues: { ':before': new Date(Date.now() - 3 * 60 * 60 * 1000).toISOString() },
    }),
  );
  await fire('StorefrontProducts', 'ReleaseAbandoned');
  expect(
    await eventually(
      () => stockOf(productId),
      (stock) => stock === 5,
    ),
  ).toBe(5);
});

it("the report of a day counts the day's orders", async () => {
  const token = (await customerTokens()).accessToken;
  // As it will be fired tomorrow; each time runs once, so that every run of this test has a time of its own.
  const tomorrow = () => ({ scheduledTime: new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString() });
  const Bucket = deployedInfo().outputs.StorefrontOrders?.ReportsBucketName;
  const Key = `sales/${new Date().toISOString().slice(0, 10)}.json`;
  const report = async () => {
    try {
      const { Body } = await new S3Client({ ...config, forcePathStyle: true }).send(
        new GetObjectCommand({ Bucket, Key }),
      );
      return JSON.parse(await Body!.transformToString());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
  const FunctionName = await nameOf('StorefrontOrders', 'AWS::Lambda::Function', 'DailyReport');
  await new LambdaClient(config).send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(tomorrow()) }),
  );
  const before = await report();

  const { orderId } = (await placeOrder({ productId: await newProduct(2), quantity: 2, token })).body;
  expect(await finished(orderId, token)).toMatchObject({ status: 'CONFIRMED' });
  await fire('StorefrontOrders', 'DailyReport', tomorrow());

  const after = await eventually(report, ({ orders }) => orders > before.orders);
  expect(after).toEqual({
    ...before,
    orders: before.orders + 1,
    revenue: { ...before.revenue, EUR: (before.revenue.EUR ?? 0) + 2500 },
  });
});
