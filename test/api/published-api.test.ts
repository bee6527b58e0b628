import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Api } from 'cdk-trellis';
import { publishApi } from '../../lib/api/published-api.js';
import { contractOf } from '../site/support.js';
import { newStack } from '../support/template.js';

const contract = contractOf('orders', '/orders');

function published(stageName: string, path: string) {
  const stack = newStack();
  const restApi = new RestApi(stack, 'RestApi', { deployOptions: { stageName } });
  restApi.root.addMethod('GET');
  publishApi(stack, path, { contract, restApi });
  return Template.fromStack(stack);
}

it('an API is found by other stacks under its path', () => {
  published('api', '/shop/apis/orders/').hasResourceProperties('AWS::SSM::Parameter', {
    Name: '/shop/apis/orders/rest-api-id',
    Value: { Ref: 'RestApi0C43BF4B' },
  });
  const other = newStack();
  const { contract: known, restApi } = Api.fromPublished(other, contract, '/shop/apis/orders');
  expect(known).toBe(contract);
  expect(other.resolve(restApi.restApiId)).toHaveProperty('Ref');
  Template.fromStack(other).hasParameter('*', {
    Type: 'AWS::SSM::Parameter::Value<String>',
    Default: '/shop/apis/orders/rest-api-id',
  });
});

it('an API whose stage has another name cannot be published: its address would be another', () => {
  expect(() => published('v1', '/shop/apis/orders')).toThrow(
    'The stage of an API that is published must be called api, got v1 (at Stack)',
  );
});
