import { AttributeType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { App, Stack } from 'aws-cdk-lib/core';
import { tableBinding } from 'cdk-trellis';

const KEY = { partitionKey: { name: 'id', type: AttributeType.STRING } };

function bound(access: string, encryption?: TableEncryption, indexes?: string[]) {
  const stack = new Stack(new App(), 'Shop');
  const table = new Table(stack, 'Orders', { ...KEY, encryption });
  const { value, statements } = tableBinding(table, indexes).bindingFor(access);
  const json = statements.map((statement) => stack.resolve(statement.toStatementJson()));
  return { value: stack.resolve(value), actions: json.map(({ Action }) => Action), json };
}

const READ = ['GetItem', 'BatchGetItem', 'Query', 'Scan'].map((name) => `dynamodb:${name}`);
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'].map(
  (name) => `dynamodb:${name}`,
);

describe('the binding of a table', () => {
  it('is its name', () => {
    expect(bound('read').value).toEqual({ Ref: expect.stringMatching(/^Orders/) });
  });

  it.each([
    ['read', [READ]],
    ['write', [WRITE]],
    ['readWrite', [READ, WRITE]],
  ])('allows the actions of %s', (access, actions) => {
    expect(bound(access).actions).toEqual(actions);
  });

  it('names its indexes if they are known', () => {
    const [read, write] = bound('readWrite', undefined, ['byDay']).json;
    expect(JSON.stringify(read.Resource)).toContain('/index/byDay');
    expect(JSON.stringify(read.Resource)).not.toContain('*');
    expect(JSON.stringify(write.Resource)).not.toContain('index');
  });

  it.each([
    ['known', ['byDay', 'byKind']],
    ['not known', undefined],
  ])('allows to query and scan one index alone, when its indexes are %s', (_, indexes) => {
    const { value, json } = bound("index('byDay').read", undefined, indexes);
    expect(value).toEqual({ Ref: expect.stringMatching(/^Orders/) });
    expect(json).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:Query', 'dynamodb:Scan'],
        Resource: {
          'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^Orders/), 'Arn'] }, '/index/byDay']],
        },
      },
    ]);
  });

  it('rejects an index that the table does not have', () => {
    expect(() => bound("index('byMonth').read", undefined, ['byDay', 'byKind'])).toThrow(
      "the access to a table must be one of read, write, readWrite, index('byDay').read, index('byKind').read, got index('byMonth').read",
    );
  });

  it.each(["index('a/b').read", "index('*').read", "index('byDay').write"])(
    'refuses %s of any table',
    (access) => {
      expect(() => bound(access)).toThrow(`must be one of read, write, readWrite, got ${access}`);
    },
  );

  it('allows the use of its key', () => {
    expect(bound('read', TableEncryption.CUSTOMER_MANAGED).actions).toEqual([READ, 'kms:Decrypt']);
    expect(bound("index('byDay').read", TableEncryption.CUSTOMER_MANAGED).actions[1]).toBe('kms:Decrypt');
    expect(bound('write', TableEncryption.CUSTOMER_MANAGED).actions).toEqual([
      WRITE,
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    ]);
  });

  it('rejects another access', () => {
    expect(() => bound('scan')).toThrow(
      'the access to a table must be one of read, write, readWrite, got scan',
    );
  });
});
