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

it('other stacks find an API by its parameter path', () => {
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

it('`publishAs` rejects a stage with another name, which is part of the URL', () => {
  expect(() => published('v1', '/shop/apis/orders')).toThrow(
    '`publishAs` requires a stage with the name "api", got "v1" (at Stack)',
  );
});
