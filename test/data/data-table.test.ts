import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, StreamViewType, TableEncryptionV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Stack } from 'aws-cdk-lib/core';
import { DataTable, type DataTableProps } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack, stableTemplate } from '../support/template.js';

const minimal: DataTableProps = { partitionKey: 'orderId' };

function tableWith(props: Partial<DataTableProps>, context = {}) {
  const stack = newStack(context);
  new DataTable(stack, 'Orders', { ...minimal, ...props });
  return Template.fromStack(stack);
}

const expectTable = (props: Partial<DataTableProps>, properties: object) =>
  tableWith(props).hasResourceProperties('AWS::DynamoDB::GlobalTable', properties);

describe('DataTable', () => {
  it('is on demand, encrypted, recoverable, protected and retained by default', () => {
    const stack = newStack();
    new DataTable(stack, 'Orders', minimal);
    expect(stableTemplate(stack)).toMatchSnapshot();
  });

  it('has no findings of cdk-nag', () => {
    expect(nagFindings((stack) => new DataTable(stack, 'Orders', minimal))).toEqual([]);
  });

  it('keeps its logical id: a change would replace the table', () => {
    expect(Object.keys(tableWith({}).findResources('AWS::DynamoDB::GlobalTable'))).toEqual([
      'OrdersTable1F8332C7',
    ]);
  });

  it.each([
    ['the target is local', { target: 'local' }],
    ['the target is LocalStack', { target: 'localstack' }],
    ['the app is ephemeral', { 'trellis:ephemeral': true }],
  ])('goes with its stack when %s', (_what, context) => {
    tableWith({}, context).hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Delete',
      Properties: { Replicas: [{ DeletionProtectionEnabled: false }] },
    });
  });

  it('has a sort key', () => {
    expectTable({ sortKey: 'line' }, { KeySchema: [{}, { AttributeName: 'line', KeyType: 'RANGE' }] });
  });

  it('has keys that are numbers', () => {
    expectTable(
      { sortKey: { name: 'at', type: AttributeType.NUMBER } },
      { AttributeDefinitions: [{}, { AttributeName: 'at', AttributeType: 'N' }] },
    );
  });

  it('has indexes with all or some attributes', () => {
    expectTable(
      {
        indexes: {
          byDay: { partitionKey: 'day', sortKey: 'orderId' },
          byCustomer: { partitionKey: 'customerId', attributes: ['total'] },
        },
      },
      {
        GlobalSecondaryIndexes: [
          { IndexName: 'byDay', Projection: { ProjectionType: 'ALL' } },
          { IndexName: 'byCustomer', Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['total'] } },
        ],
      },
    );
  });

  it('rejects invalid keys of JavaScript callers', () => {
    const made = (props: object | undefined) => () => new DataTable(new Stack(), 'Orders', props as never);
    expect(made(undefined)).toThrow('`props` must be an object with `partitionKey`, got undefined');
    expect(made({ partitionKey: 5, sortKey: { name: 'at' }, indexes: { byDay: {} } })).toThrow(
      /^`partitionKey` must be a string or an object with `name` and `type`, got 5\n`sortKey.type` must be .*\n`indexes.byDay.partitionKey` must .* got undefined \(at Default\/Orders\)$/,
    );
    expect(made({ partitionKey: 'id', indexes: { byDay: { partitionKey: '' } } })).toThrow(
      '`indexes.byDay.partitionKey` must be the name of an attribute, as in `\'orderId\'`, got "" (at Default/Orders)',
    );
  });

  it('has a time to live', () => {
    expectTable({ timeToLive: 'ttl' }, { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } });
  });

  it('has a stream', () => {
    expectTable(
      { stream: StreamViewType.NEW_AND_OLD_IMAGES },
      { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } },
    );
  });

  it('lets `table` override the defaults', () => {
    expectTable(
      { table: { encryption: TableEncryptionV2.awsManagedKey(), deletionProtection: false } },
      { SSESpecification: { SSEEnabled: true }, Replicas: [{ DeletionProtectionEnabled: false }] },
    );
  });

  it('grants access to its indexes by name, without a wildcard', () => {
    const stack = new Stack();
    const table = new DataTable(stack, 'Orders', { ...minimal, indexes: { byDay: { partitionKey: 'day' } } });
    const [statement] = table.bindingFor('read').statements;
    expect(JSON.stringify(stack.resolve(statement!.toStatementJson().Resource))).toContain('/index/byDay');
    expect(JSON.stringify(stack.resolve(statement!.toStatementJson()))).not.toContain('*');
  });

  it('grants access to indexes added by `table` or its methods', () => {
    const stack = new Stack();
    const partitionKey = { name: 'orderId', type: AttributeType.STRING };
    const sortKey = { name: 'at', type: AttributeType.STRING };
    const table = new DataTable(stack, 'Orders', {
      ...minimal,
      sortKey: 'line',
      table: { localSecondaryIndexes: [{ indexName: 'byTime', sortKey }] },
    });
    table.table.addGlobalSecondaryIndex({ indexName: 'later', partitionKey });
    const [statement] = table.bindingFor('read').statements;
    const resources = JSON.stringify(stack.resolve(statement!.toStatementJson().Resource));
    expect(resources).toContain('/index/byTime');
    expect(resources).toContain('/index/later');
  });
});
