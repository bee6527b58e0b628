import { Match, Template } from 'aws-cdk-lib/assertions';
import { Billing } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { DataTable, IdempotencyTable, NodeFunction } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack, stableTemplate } from '../support/template.js';

const once = () => import('../function/fixtures/handlers/once.js');

describe('IdempotencyTable', () => {
  it('is on-demand and encrypted, expires its records, and is deleted with its stack', () => {
    const stack = newStack();
    new IdempotencyTable(stack, 'Done');
    expect(stableTemplate(stack)).toMatchSnapshot();
  });

  it('has no findings of cdk-nag', () => {
    expect(nagFindings((stack) => new IdempotencyTable(stack, 'Done'))).toEqual([]);
  });

  it('exists once in a stack in which a handler needs it', () => {
    const stack = newStack();
    for (const id of ['A', 'B']) new NodeFunction(stack, id, { handler: once });
    const template = Template.fromStack(stack);
    expect(Object.keys(template.findResources('AWS::DynamoDB::GlobalTable'))).toEqual([
      'IdempotencyTable48612DF4',
    ]);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ONCE_IDEMPOTENCY: { Ref: 'IdempotencyTable48612DF4' } } },
    });
  });

  it('is replaced by another table that is bound', () => {
    const stack = newStack();
    const own = new IdempotencyTable(stack, 'Done');
    new NodeFunction(stack, 'A', { handler: once, bind: { once: own } });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ONCE_IDEMPOTENCY: { Ref: Match.stringLikeRegexp('^Done') } } },
    });
  });

  it("lets the user's properties win", () => {
    const stack = newStack();
    new IdempotencyTable(stack, 'Done', {
      table: { tableName: 'done', billing: Billing.onDemand({ maxWriteRequestUnits: 50 }) },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TableName: 'done',
      WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 50 },
    });
  });

  it('rejects a binding of another kind', () => {
    const stack = newStack();
    const wrong = new DataTable(stack, 'T', { partitionKey: 'id' }) as never;
    expect(() => new NodeFunction(stack, 'A', { handler: once, bind: { once: wrong } })).toThrow(
      '`bind.once` must be an idempotency, got a table',
    );
  });
});

/** Never run: the compiler is the test, as part of `tsc`. */
function types(stack: Stack, own: IdempotencyTable, queue: Queue): void {
  new NodeFunction(stack, 'Served', { handler: once });
  new NodeFunction(stack, 'Own', { handler: once, bind: { once: own } });
  // @ts-expect-error bound to another kind
  new NodeFunction(stack, 'E1', { handler: once, bind: { once: queue } });
  // @ts-expect-error a binding that nothing needs
  new NodeFunction(stack, 'E2', { handler: once, bind: { queue } });
}

it('is optional for the compiler', () => expect(types).toBeInstanceOf(Function));
