import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { App, Stack } from 'aws-cdk-lib/core';
import { DataTable, IdempotencyTable } from 'cdk-trellis';
import { asBindable, type Bindable } from '../../lib/bindings/binding.js';
import { idempotency } from '../../lib/bindings/kinds/index.js';

const DOCUMENT = join(__dirname, '../../docs/constructs/bindings.md');

/** Returns the rows of the bindings table: kind and access, and the actions. */
function documented(): Record<string, string[]> {
  const section = /^# Bindings$([\s\S]*?)^## /m.exec(readFileSync(DOCUMENT, 'utf8'))?.[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return Object.fromEntries(
    rows.map((row) => {
      const [need = '', , , actions = ''] = row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
      const [, kind = '', access = ''] = /^`(\w+)(?:<.*>\(\))?[.(](.*)`$/.exec(need) ?? [];
      return [
        `${kind} ${access === ')' ? kind : access}`,
        actions === 'none' ? [] : actions.split(', ').sort(),
      ];
    }),
  );
}

function bindables(): Bindable[] {
  const stack = new Stack(new App(), 'Shop');
  const resources = [
    new DataTable(stack, 'Orders', { partitionKey: 'id', indexes: { byDay: { partitionKey: 'day' } } }),
    new Queue(stack, 'Work'),
    new EventBus(stack, 'Events'),
    new Topic(stack, 'News'),
    new Bucket(stack, 'Files'),
    new Secret(stack, 'ApiKey'),
    new StringParameter(stack, 'Rate', { stringValue: '7' }),
    new LambdaFunction(stack, 'Fn', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => 1'),
    }),
    new StateMachine(stack, 'Flow', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
    }),
    new UserPool(stack, 'People'),
    'beta',
    3,
  ];
  const once = idempotency.bind(IdempotencyTable.of(stack).table);
  return [...resources.map((resource) => asBindable(resource)!), once];
}

it('the documentation lists every access, with the actions that it grants', () => {
  const granted = bindables().flatMap((bindable) =>
    bindable.accesses!.map((access) => {
      const actions = bindable.bindingFor(access).statements.flatMap((statement) => statement.actions);
      return [`${bindable.bindingKind} ${access}`, actions.map((action) => action.split(':')[1]).sort()];
    }),
  );
  expect(documented()).toEqual(Object.fromEntries(granted));
});
