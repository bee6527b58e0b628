import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { handle, parameter, table } from 'cdk-trellis/runtime';

// Options of dependencies that the runtime relies on, and whose meaning is easily taken for another one. Time limits
// are tested in sdk.test.ts, partial batches in worker.test.ts and deadline.test.ts, log keys in warm-environment.test.ts.

describe('an option of a dependency', () => {
  const bodies: Record<string, any>[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    bodies.push(JSON.parse(text));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('`removeUndefinedValues` of the document client leaves undefined properties out, also nested ones', async () => {
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ORDERS_TABLE: 'orders',
    });
    const handler = handle({ orders: table.write }, async (_event: object, { orders }) => {
      const Item = { id: '1', note: undefined, address: { street: 'a', floor: undefined } };
      await orders.client.send(new PutCommand({ TableName: orders.tableName, Item }));
    });
    await handler({}, {} as never);
    expect(bodies).toMatchObject([{ Item: { id: { S: '1' }, address: { M: { street: { S: 'a' } } } } }]);
    expect(Object.keys(bodies[0]!.Item)).toEqual(['id', 'address']);
    expect(Object.keys(bodies[0]!.Item.address.M)).toEqual(['street']);
  });

  it('`maxAge` of a parameter is in seconds, 300 by default', async () => {
    const ssm = mockClient(SSMClient);
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: '1' } });
    const rate = parameter.read.connect('/rate');
    const start = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    const readAfter = async (seconds: number, options?: { maxAge: number }) => {
      clock.mockReturnValue(start + seconds * 1000);
      await rate.value(options);
      return ssm.calls().length;
    };
    expect(await readAfter(0)).toBe(1);
    expect(await readAfter(299)).toBe(1);
    expect(await readAfter(301)).toBe(2);
    clock.mockRestore();
  });
});
