// A function for every access to every kind of resource, each with a handler of its own that needs this alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { type Bindables, DataTable, HandlerFunction, IdempotencyTable, NodeFunction } from 'cdk-trellis';
import { type Access, allAccesses } from './accesses.js';
import { INDEX } from './probes.js';

/** Not in the repository, and below it, so that handlers find their packages. */
const HANDLERS = join(__dirname, '.trellis');

const stack = new Stack(new App(), 'Grants');
const destroyed = { removalPolicy: RemovalPolicy.DESTROY };
const resources: Bindables = {
  table: new DataTable(stack, 'Things', {
    partitionKey: 'id',
    indexes: { [INDEX]: { partitionKey: 'kind' } },
  }),
  queue: new Queue(stack, 'Work', destroyed),
  bus: new EventBus(stack, 'Events'),
  // Without a policy of its own a topic lets its whole account publish.
  topic: new Topic(stack, 'News', { enforceSSL: true }),
  bucket: new Bucket(stack, 'Files', destroyed),
  secret: new Secret(stack, 'ApiKey', destroyed),
  parameter: new StringParameter(stack, 'Rate', { parameterName: '/drill/rate', stringValue: '7' }),
  invoke: new NodeFunction(stack, 'Callee', { handler: () => import('./callee.js') }),
  workflow: new StateMachine(stack, 'Flow', {
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
  }),
  users: new UserPool(stack, 'People', destroyed),
  idempotency: IdempotencyTable.of(stack),
  text: 'drill',
  number: 3,
};

function handlerOf({ kind, access }: Access): string {
  if (kind === access) return `${kind}()`;
  return kind === 'invoke' ? `invoke<typeof import('../callee.js')>().${access}` : `${kind}.${access}`;
}

mkdirSync(HANDLERS, { recursive: true });
for (const one of allAccesses()) {
  const { id, kind } = one;
  const bound = resources[kind];
  if (bound === undefined) throw new Error(`The drill has no resource for needs of the kind ${kind}`);
  const file = join(HANDLERS, `${id}.ts`);
  writeFileSync(
    file,
    `import { handle, ${kind} } from 'cdk-trellis/runtime';
import { probes } from '../probes.js';

export const handler = handle({ it: ${handlerOf(one)} }, probes('${kind}'));
`,
  );
  const caller = join(HANDLERS, `${id}.call.cjs`);
  writeFileSync(caller, `module.exports = (use) => use(() => import('./${id}.js'));\n`);
  const fn: NodeFunction = require(caller)(
    (handler: () => Promise<unknown>) =>
      new HandlerFunction(stack, id, { sharesBindings: true, handler, bind: { it: bound } }),
  );
  new CfnOutput(stack, `${id}Name`, { value: fn.functionName });
  new CfnOutput(stack, `${id}Role`, { value: fn.role!.roleName });
}
