import { Template } from 'aws-cdk-lib/assertions';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { AssetFunction, DataTable } from 'cdk-trellis';
import { usesOf } from '../../lib/quotas/uses.js';

function stackWith(tables: number) {
  const stack = new Stack(new App(), 'Shop');
  const bound = Object.fromEntries(
    Array.from({ length: tables }, (_, at) => [
      `table${at}`,
      {
        to: new DataTable(stack, `Table${at}`, {
          partitionKey: 'id',
          indexes: { byDay: { partitionKey: 'day' } },
        }),
        access: 'readWrite' as const,
      },
    ]),
  );
  new AssetFunction(stack, 'Fn', {
    code: Code.fromInline('exports.handler = async () => {}'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    bind: bound,
  });
  return Template.fromStack(stack);
}

const permitted = (template: Template) => {
  const documents = [
    ...Object.values(template.findResources('AWS::IAM::Role')).flatMap(
      ({ Properties }) => Properties.Policies ?? [],
    ),
    ...Object.values(template.findResources('AWS::IAM::ManagedPolicy')).map(({ Properties }) => Properties),
  ].map(({ PolicyDocument }) => PolicyDocument);
  return documents
    .flatMap(({ Statement }) => Statement)
    .filter(({ Action }) => Action.includes('dynamodb:PutItem'));
};

it('few bindings are in one inline policy', () => {
  stackWith(4).resourceCountIs('AWS::IAM::ManagedPolicy', 0);
});

it('statements beyond the size of an inline policy are in managed policies of the same role', () => {
  const template = stackWith(40);
  const [role] = Object.values(template.findResources('AWS::IAM::Role'));
  const policies = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
  expect(policies.length).toBeGreaterThan(0);
  expect(role!.Properties.ManagedPolicyArns).toEqual(policies.map((Ref) => ({ Ref })));
  expect(permitted(template)).toHaveLength(40);
  const uses = usesOf({ Shop: { stackName: 'Shop', template: template.toJSON() } });
  const sizes = uses.filter(({ name }) => /inline|managed/.test(name));
  expect(sizes.filter(({ amount, limit }) => amount > limit)).toEqual([]);
});
