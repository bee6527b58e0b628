import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Stack } from 'aws-cdk-lib/core';
import { DataTable } from 'cdk-trellis';
import { asBindable } from '../../../lib/bindings/binding.js';
import { newStack } from '../../support/template.js';
import { sagaWith } from '../../workflow/stacks.js';
import { type Exception, withoutExceptions } from './exceptions.js';
import { findingsOf } from './findings.js';
import { Reference } from './reference.js';

const EXCEPTIONS: readonly Exception[] = ['states:SendTaskSuccess', 'states:SendTaskFailure'].map((what) => ({
  rule: 'resource mismatch',
  what,
  resource: /:stateMachine:/,
  reason:
    'IAM knows the state machine of a token, although the reference omits it: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html',
}));

/** Something of each kind that can be bound, with a key of its own where it can have one. */
const bindables = (stack: Stack) => {
  const key = new Key(stack, 'Key');
  return {
    bucket: new Bucket(stack, 'Bucket', { encryptionKey: key }),
    bus: new EventBus(stack, 'Bus'),
    invoke: new LambdaFunction(stack, 'Function', {
      code: Code.fromInline('exports.handler = async () => 1;'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    }),
    parameter: new StringParameter(stack, 'Parameter', { parameterName: '/rate', stringValue: '7' }),
    queue: new Queue(stack, 'Queue', { encryptionMasterKey: key }),
    saga: sagaWith({}, stack),
    secret: new Secret(stack, 'Secret', { encryptionKey: key }),
    table: new DataTable(stack, 'Table', {
      partitionKey: 'id',
      indexes: { byDay: { partitionKey: 'day' } },
    }),
    topic: new Topic(stack, 'Topic', { masterKey: key }),
    users: new UserPool(stack, 'Users'),
    workflow: new StateMachine(stack, 'Workflow', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
    }),
  };
};

it('every binding grants what AWS knows, on the resource alone', async () => {
  const stack = newStack();
  const bound = Object.entries(bindables(stack)).flatMap(([kind, to]) => {
    const bindable = asBindable(to as never)!;
    return (bindable.accesses ?? []).map(
      (access) => [kind, access, bindable.bindingFor(access).statements] as const,
    );
  });
  expect(bound.length).toBeGreaterThanOrEqual(16);
  for (const [kind, access, statements] of bound) {
    const role = new Role(stack, `${kind}-${access}`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) role.addToPolicy(statement);
  }
  const { Resources } = Template.fromStack(stack).toJSON();
  const ofBindings = findingsOf({ Stack: { Resources } }, await Reference.installed()).filter(({ at }) =>
    bound.some(([kind, access]) => at.includes(`${kind}${access}`)),
  );
  expect(withoutExceptions(ofBindings, EXCEPTIONS)).toEqual([]);
});
