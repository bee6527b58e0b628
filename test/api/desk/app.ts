import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, User } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib/core';
import { Api, UserDirectory } from 'cdk-trellis';
import { closedApi } from './contract.js';
import { addDesk, addUsers, deskRoutes } from './desk.js';
import { addDirect, addResources } from './direct.js';

const stack = new Stack(new App(), 'Desk');
const output = (name: string, value: string) => new CfnOutput(stack, name, { value });

const users = addUsers(stack);
const strangers = new UserDirectory(stack, 'Strangers');
const api = addDesk(stack, users, {
  cors: { origins: ['https://shop.example.com', 'https://admin.example.com'] },
  domain: {
    name: 'desk.example.test',
    certificate: new Certificate(stack, 'Certificate', { domainName: 'desk.example.test' }),
    basePath: 'v1',
  },
  documentation: { path: '/about' },
  cacheSize: '0.5',
  stage: { variables: { tenant: 'acme' } },
  routes: {
    ...deskRoutes,
    search: {
      handler: () => import('./handlers/search.js'),
      cache: { ttl: Duration.minutes(5), keys: ['query.text'] },
    },
  } as never,
});

const resources = addResources(stack);
addDirect(stack, users, resources);
const seen = new Queue(stack, 'Seen', { enforceSSL: true });
new Rule(stack, 'Placed', {
  eventBus: resources.events,
  eventPattern: { detailType: ['Order placed'] },
  targets: [new SqsQueue(seen)],
});

const closed = new PolicyStatement({
  effect: Effect.DENY,
  principals: [new AnyPrincipal()],
  actions: ['execute-api:Invoke'],
  resources: ['execute-api:/*'],
});
new Api(stack, 'Closed', {
  contract: closedApi,
  restApi: { policy: new PolicyDocument({ statements: [closed] }) },
  routes: { getNothing: () => import('./handlers/getNothing.js') },
});

const caller = new User(stack, 'Caller');
api.grantInvoke(caller, 'getAccount');

output('OrdersUrl', resources.orders.queueUrl);
output('InOrderUrl', resources.inOrder.queueUrl);
output('SeenUrl', seen.queueUrl);
output('ThingsName', resources.things.table.tableName);
output('MineName', resources.mine.table.tableName);
output('RunsArn', resources.runs.stateMachineArn);
output('CallerName', caller.userName);
output('PoolId', users.userPool.userPoolId);
output('ClientId', users.client.userPoolClientId);
output('StrangersPoolId', strangers.userPool.userPoolId);
output('StrangersClientId', strangers.client.userPoolClientId);
for (const [name, client] of Object.entries(users.machines)) output(`${name}Id`, client.userPoolClientId);
for (const [name, key] of Object.entries(api.apiKeys)) output(`${name}Key`, key.keyId);
