// One function with every binding that there is.
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { DataTable, NodeFunction } from 'cdk-trellis';

const stack = new Stack(new App(), 'Grants');
const destroyed = { removalPolicy: RemovalPolicy.DESTROY };
const callee = new NodeFunction(stack, 'Callee', { handler: () => import('./callee.js') });
const probe = new NodeFunction(stack, 'Probe', {
  handler: () => import('./probe.js'),
  bind: {
    things: new DataTable(stack, 'Things', {
      partitionKey: 'id',
      indexes: { byKind: { partitionKey: 'kind' } },
    }),
    work: new Queue(stack, 'Work', destroyed),
    events: new EventBus(stack, 'Events'),
    // Without a policy of its own a topic lets its whole account publish.
    news: new Topic(stack, 'News', { enforceSSL: true }),
    files: new Bucket(stack, 'Files', destroyed),
    apiKey: new Secret(stack, 'ApiKey', destroyed),
    rate: new StringParameter(stack, 'Rate', { parameterName: '/drill/rate', stringValue: '7' }),
    callee,
    later: callee,
    flow: new StateMachine(stack, 'Flow', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
    }),
    people: new UserPool(stack, 'People', destroyed),
    stage: 'drill',
    limit: 3,
  },
});
new CfnOutput(stack, 'ProbeName', { value: probe.functionName });
new CfnOutput(stack, 'ProbeRole', { value: probe.role!.roleName });
