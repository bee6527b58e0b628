import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { bindTo, tableBinding } from 'cdk-trellis';

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
  ])('allows for %s what it says', (access, actions) => {
    expect(bound(access).actions).toEqual(actions);
  });

  it('names its indexes if they are known', () => {
    const [read, write] = bound('readWrite', undefined, ['byDay']).json;
    expect(JSON.stringify(read.Resource)).toContain('/index/byDay');
    expect(JSON.stringify(read.Resource)).not.toContain('*');
    expect(JSON.stringify(write.Resource)).not.toContain('index');
  });

  it('allows the use of its key', () => {
    expect(bound('read', TableEncryption.CUSTOMER_MANAGED).actions).toEqual([READ, 'kms:Decrypt']);
    expect(bound('write', TableEncryption.CUSTOMER_MANAGED).actions).toEqual([
      WRITE,
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    ]);
  });

  it('refuses another access', () => {
    expect(() => bound('scan')).toThrow(
      'the access to a table must be one of read, write, readWrite, got scan',
    );
  });

  it('serves functions that are not ours', () => {
    const stack = new Stack(new App(), 'Shop');
    const fn = new LambdaFunction(stack, 'Fn', {
      runtime: Runtime.PYTHON_3_13,
      handler: 'main.handler',
      code: Code.fromInline('def handler(event, context): pass'),
    });
    bindTo(fn, { orders: { to: new Table(stack, 'Orders', KEY), access: 'read' } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ORDERS_TABLE: { Ref: 'OrdersA9B65338' } } },
    });
    template.resourceCountIs('AWS::IAM::Policy', 1);
  });
});
