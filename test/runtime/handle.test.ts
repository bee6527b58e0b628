import type { Context } from 'aws-lambda';
import { handle, table } from 'cdk-trellis/runtime';

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

  it('fails while it initializes in Lambda when a binding is missing', () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'place';
    expect(() => handle({ orders: table.read }, async () => {})).toThrow('ORDERS_TABLE');
  });

  it('can be imported outside Lambda when a binding is missing', () => {
    expect(() => handle({ orders: table.read }, async () => {})).not.toThrow();
  });
});
