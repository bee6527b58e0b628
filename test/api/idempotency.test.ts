import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import { Api, IdempotencyTable } from 'cdk-trellis';
import { apiInfo, defineApi } from 'cdk-trellis/contract';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { open, shop } from './fixtures/idempotent/contract.js';

const routes = {
  place: () => import('./fixtures/idempotent/place.js'),
  plain: () => import('./fixtures/idempotent/plain.js'),
};
const addShop = (stack: Stack, idempotencyTable?: IdempotencyTable) =>
  new Api(stack, 'Api', { contract: shop, routes, ...(idempotencyTable && { idempotencyTable }) });

describe('an API with an idempotent operation', () => {
  it('has a table for its responses, encrypted, whose items expire', () => {
    const stack = newStack();
    const { idempotencyTable } = addShop(stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Delete',
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
    expect(stack.getLogicalId(idempotencyTable!.table.node.defaultChild as never)).toBe(
      'ApiIdempotencyTableFC0539BE',
    );
  });

  it('allows only the function of the operation to put, update and delete its items', () => {
    const stack = newStack();
    addShop(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^POST /orders'),
      Environment: {
        Variables: { RESPONSES_IDEMPOTENCY: { Ref: Match.stringLikeRegexp('^ApiIdempotency') } },
      },
    });
    const allowed = Object.values<any>(template.findResources('AWS::IAM::Role')).filter((role) =>
      JSON.stringify(role).includes('dynamodb:'),
    );
    expect(allowed).toHaveLength(1);
    expect(JSON.stringify(allowed)).toContain(
      '"Action":["dynamodb:PutItem","dynamodb:UpdateItem","dynamodb:DeleteItem"],"Effect":"Allow","Resource":{"Fn::GetAtt":["ApiIdempotency',
    );
  });

  it('uses the table of `idempotencyTable`', () => {
    const stack = newStack();
    const table = new IdempotencyTable(stack, 'Responses');
    expect(addShop(stack, table).idempotencyTable).toBe(table);
    Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
  });

  it('has no findings of cdk-nag because of the table', () => {
    const findings = nagFindings((stack) => addShop(stack)).filter((finding) =>
      JSON.stringify(finding).includes('Idempotency'),
    );
    expect(findings).toEqual([]);
  });

  it('warns if the operation is public: its keys belong to no caller', () => {
    const stack = newStack();
    new Api(stack, 'Api', {
      contract: open,
      routes: { place: () => import('./fixtures/idempotent/open.js') },
    });
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('place: public and `idempotent`, so an idempotency key belongs to no caller'),
    );
  });
});

it('an API without an idempotent operation has no table, and rejects one', () => {
  const stack = newStack();
  const contract = defineApi(shop[apiInfo], { plain: shop.plain });
  new Api(stack, 'Api', { contract, routes: { plain: routes.plain } });
  Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  const idempotencyTable = new IdempotencyTable(newStack(), 'Responses');
  expect(
    () => new Api(stack, 'Other', { contract, routes: { plain: routes.plain }, idempotencyTable }),
  ).toThrow(
    '`idempotencyTable` requires an `idempotent` operation, and the contract has none: remove it (at Stack/Other)',
  );
});
