import { connect, table, variableOf } from 'cdk-trellis/runtime';

describe('variableOf', () => {
  it.each([
    ['orders', 'table', 'ORDERS_TABLE'],
    ['orderLines', 'table', 'ORDER_LINES_TABLE'],
    ['myURLs', 'queue', 'MY_URLS_QUEUE'],
    ['a1b2', 'bus', 'A1B2_BUS'],
  ])('of %s and %s is %s', (name, kind, variable) => {
    expect(variableOf(name, kind)).toBe(variable);
  });
});

describe('connect', () => {
  it('makes a client of every need', () => {
    const { orders } = connect({ orders: table.read }, { ORDERS_TABLE: 'the-table' });
    expect(orders.tableName).toBe('the-table');
    expect(typeof orders.client.send).toBe('function');
  });

  it('names every binding that is missing', () => {
    expect(() => connect({ orders: table.read, lines: table.write }, { ORDERS_TABLE: '' })).toThrow(
      /`orders` \(environment variable ORDERS_TABLE\), `lines` \(environment variable LINES_TABLE\)/,
    );
  });
});
