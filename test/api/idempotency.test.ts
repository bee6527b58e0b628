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

describe('an API with an operation that is idempotent', () => {
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

  it('lets the function of the operation put, update and delete items of it, and no other function', () => {
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

  it('takes a table that it is given', () => {
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

  it('is warned of when it is public: keys then belong to nobody', () => {
    const stack = newStack();
    new Api(stack, 'Api', {
      contract: open,
      routes: { place: () => import('./fixtures/idempotent/open.js') },
    });
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('place: public and `idempotent`, so idempotency keys belong to no caller'),
    );
  });
});

it('an API without one has no table, and takes none', () => {
  const stack = newStack();
  const contract = defineApi(shop[apiInfo], { plain: shop.plain });
  new Api(stack, 'Api', { contract, routes: { plain: routes.plain } });
  Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  const idempotencyTable = new IdempotencyTable(newStack(), 'Responses');
  expect(
    () => new Api(stack, 'Other', { contract, routes: { plain: routes.plain }, idempotencyTable }),
  ).toThrow('`idempotencyTable` is given, but no operation of the contract is `idempotent` (at Stack/Other)');
});
