import type { Context } from 'aws-lambda';
import { handle, queue, table } from 'cdk-trellis/runtime';

afterEach(() => {
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  delete process.env.ORDERS_TABLE;
});

describe('handle', () => {
  it('calls the function with its event and its clients', async () => {
    process.env.ORDERS_TABLE = 'orders-1';
    const handler = handle({ orders: table.read }, async (event: { id: string }, { orders }) => [
      event.id,
      orders.tableName,
    ]);
    await expect(handler({ id: 'a' }, {} as Context)).resolves.toEqual(['a', 'orders-1']);
  });

  it('calls the function with the clients of a test', async () => {
    const handler = handle({ orders: table.read }, async (_event: object, { orders }) => orders.tableName);
    await expect(handler.with({ orders: { tableName: 'fake' } as never })({})).resolves.toBe('fake');
  });

  it('fails at each call when a binding is missing, with its name', async () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'place';
    const handler = handle({ orders: table.read }, async () => {});
    await expect(handler({}, {} as Context)).rejects.toThrow('ORDERS_TABLE');
    await expect(handler({}, {} as Context)).rejects.toThrow('ORDERS_TABLE');
  });

  it('leaves the other handlers of its module alone when one of its bindings is missing', async () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'list';
    process.env.ORDERS_TABLE = 'orders-1';
    const list = handle({ orders: table.read }, async (_event: object, { orders }) => orders.tableName);
    handle({ orders: table.write, mails: queue.send }, async () => {});
    await expect(list({}, {} as Context)).resolves.toBe('orders-1');
  });

  it('makes its clients while the function initializes', async () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'list';
    process.env.ORDERS_TABLE = 'orders-1';
    const list = handle({ orders: table.read }, async (_event: object, { orders }) => orders.tableName);
    process.env.ORDERS_TABLE = 'changed';
    await expect(list({}, {} as Context)).resolves.toBe('orders-1');
  });

  it('can be imported outside Lambda when a binding is missing', () => {
    expect(() => handle({ orders: table.read }, async () => {})).not.toThrow();
  });
});
