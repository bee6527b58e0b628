import { resourcesOf } from '../../lib/quotas/quota.js';
import type { TemplateResource } from '../../lib/quotas/template.js';
import { describeUse, exceeded, type Use, usesOf } from '../../lib/quotas/uses.js';
import { nearest } from '../templates/quotas.js';

const uses = (Resources: Record<string, Omit<TemplateResource, 'Metadata'>>) =>
  usesOf({ Shop: { stackName: 'Shop', template: { Resources } } });
const one = (Type: string, Properties: Record<string, unknown>) => uses({ One: { Type, Properties } });
const text = (length: number) => 'x'.repeat(length);
const statement = (length: number) => ({
  Statement: [{ Effect: 'Allow', Action: text(length), Resource: '*' }],
});
const over = (found: readonly Use[]) => exceeded(found).map(({ name }) => name);

it('counts the resources of a stack', () => {
  const many = (count: number) =>
    uses(
      Object.fromEntries([...Array(count).keys()].map((path) => [`R${path}`, { Type: 'AWS::SNS::Topic' }])),
    );
  expect(exceeded(many(500))).toEqual([]);
  expect(exceeded(many(501)).map(describeUse)).toEqual(['501 of 500 resources (Shop)']);
});

it('counts each path segment of an API once', () => {
  const paths = ['/', '/orders', '/orders/{orderId}', '/orders/{orderId}/lines', '/me/orders'];
  expect(resourcesOf(paths)).toBe(['/', '/orders', '/{orderId}', '/lines', '/me', '/orders'].length);
});

it('counts text behind references, too', () => {
  const environment = (length: number) =>
    one('AWS::Lambda::Function', {
      Environment: { Variables: { A: text(length), REGION: { Ref: 'AWS::Region' } } },
    });
  const around = 'A'.length + 'REGION'.length + 'us-east-1'.length;
  expect(over(environment(4096 - around))).toEqual([]);
  expect(over(environment(4097 - around))).toEqual(['bytes of environment variables']);
});

it('counts all inline policies of a role together', () => {
  const role = (attached: number) =>
    uses({
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyName: 'Own', PolicyDocument: statement(6000) }] },
      },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyDocument: statement(attached), Roles: [{ Ref: 'Role' }] },
      },
    });
  expect(over(role(4000))).toEqual([]);
  expect(over(role(5000))).toEqual(['characters of inline policies']);
});

it.each([
  ['layers', one('AWS::Lambda::Function', { Layers: [1, 2, 3, 4, 5, 6] })],
  ['characters of a trust policy', one('AWS::IAM::Role', { AssumeRolePolicyDocument: statement(2048) })],
  ['characters of a managed policy', one('AWS::IAM::ManagedPolicy', { PolicyDocument: statement(6144) })],
  ['bytes of a state machine', one('AWS::StepFunctions::StateMachine', { DefinitionString: text(1048577) })],
  [
    'bytes of a state machine',
    one('AWS::StepFunctions::StateMachine', {
      DefinitionString: '${Big}'.repeat(1024),
      DefinitionSubstitutions: { Big: text(1025) },
    }),
  ],
  ['bytes of an OpenAPI body', one('AWS::ApiGateway::RestApi', { Body: { info: text(6 * 1024 * 1024) } })],
  [
    'resources of an API',
    one('AWS::ApiGateway::RestApi', {
      Body: { paths: Object.fromEntries([...Array(150).keys()].map((path) => [`/a${path}/{id}`, {}])) },
    }),
  ],
  ['bytes of a queue policy', one('AWS::SQS::QueuePolicy', { PolicyDocument: statement(8192) })],
  ['bytes of a bucket policy', one('AWS::S3::BucketPolicy', { PolicyDocument: statement(20480) })],
  ['characters of an event pattern', one('AWS::Events::Rule', { EventPattern: { source: [text(2048)] } })],
  ['targets of a rule', one('AWS::Events::Rule', { Targets: [1, 2, 3, 4, 5, 6] })],
  [
    'characters of a QueueName',
    one('AWS::SQS::Queue', { QueueName: { 'Fn::Join': ['-', [text(70), { Ref: 'AWS::AccountId' }]] } }),
  ],
])('finds too many %s', (name, found) => {
  expect(over(found)).toEqual([name]);
});

it('reports the largest use of each quota', () => {
  const found = uses({
    Small: { Type: 'AWS::Lambda::Function', Properties: { Layers: [1] } },
    Large: { Type: 'AWS::Lambda::Function', Properties: { Layers: [1, 2] } },
  });
  expect(nearest(found).map(describeUse)).toEqual([
    '2 of 500 resources (Shop)',
    '0 of 200 outputs (Shop)',
    '0 of 200 parameters (Shop)',
    '2 of 5 layers (Shop/Large)',
  ]);
});
