// Compiled, never run: errors that the compiler must report.
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Stack } from 'aws-cdk-lib/core';
import { type BindOf, DataTable, NodeFunction } from 'cdk-trellis';
import type { BindableOf, Resources as Bound } from '../../lib/bindings/binding.js';

type Everything = BindOf<typeof import('../function/fixtures/handlers/everything.js')>;
type Orders = typeof import('../function/fixtures/handlers/orders.js');
type Plain = typeof import('../function/fixtures/handlers/plain.js');

export function bindings(
  bus: EventBus,
  orders: NodeFunction<Orders>,
  plain: NodeFunction<Plain>,
  any: IFunction,
) {
  const events: Everything['events'] = bus;
  const callee: Everything['callee'] = orders;
  const imported: Everything['callee'] = any;
  const stage: Everything['stage'] = 'beta';
  // @ts-expect-error a bus is not a queue
  const work: Everything['work'] = bus;
  // @ts-expect-error the function of another module
  const other: Everything['callee'] = plain;
  // @ts-expect-error a number is not a text
  const text: Everything['stage'] = 3;
  return [events, callee, imported, stage, work, other, text];
}

/** The needs of a handler accept their own resources and no others. */
export function kinds(resources: Resources, stack: Stack) {
  const { bucket, bus, fn, parameter, queue, secret, table, topic, users, workflow } = resources;
  const right: Everything = {
    things: table,
    work: queue,
    events: bus,
    news: topic,
    files: bucket,
    apiKey: secret,
    rate: parameter,
    callee: fn,
    later: fn,
    flow: workflow,
    people: users,
    stage: 'beta',
    limit: 3,
  };
  const wrong: Everything = {
    // @ts-expect-error
    things: queue,
    // @ts-expect-error
    work: topic,
    // @ts-expect-error
    events: queue,
    // @ts-expect-error
    news: bus,
    // @ts-expect-error
    files: table,
    // @ts-expect-error
    apiKey: parameter,
    // @ts-expect-error
    rate: secret,
    // @ts-expect-error
    callee: workflow,
    // @ts-expect-error
    later: workflow,
    // @ts-expect-error
    flow: fn,
    // @ts-expect-error
    people: bucket,
    // @ts-expect-error
    stage: 3,
    // @ts-expect-error
    limit: 'three',
  };
  const handler = () => import('../function/fixtures/handlers/everything.js');
  new NodeFunction(stack, 'Right', { handler, bind: right });
  const { limit: _limit, ...missing } = right;
  // @ts-expect-error one is missing
  new NodeFunction(stack, 'Missing', { handler, bind: missing });
  // @ts-expect-error one is misspelt
  new NodeFunction(stack, 'Extra', { handler, bind: { ...right, stages: 'beta' } });
  return wrong;
}

interface Resources {
  readonly bucket: IBucket;
  readonly bus: IEventBus;
  readonly fn: IFunction;
  readonly parameter: IParameter;
  readonly queue: IQueue;
  readonly secret: ISecret;
  readonly table: ITable;
  readonly topic: ITopic;
  readonly users: IUserPool;
  readonly workflow: IStateMachine;
}

/** Pairs of kinds of needs of which the first accepts a resource of the second. */
type Confused = {
  [Kind in keyof Bound]: {
    [Other in Exclude<keyof Bound, Kind>]: [Bound[Other]] extends [never]
      ? never
      : Bound[Other] extends BindableOf<Kind>
        ? [Kind, Other]
        : never;
  }[Exclude<keyof Bound, Kind>];
}[keyof Bound];

/** Kinds that do not accept their own resource. */
type Refusing = {
  [Kind in keyof Bound]: Bound[Kind] extends BindableOf<Kind> ? never : Kind;
}[keyof Bound];

/** Every kind in the table accepts its own resource and no other. */
export const confused: [Confused, Refusing] extends [never, never] ? true : [Confused, Refusing] = true;

export function indexes(
  stack: Stack,
  queries: () => Promise<typeof import('../function/fixtures/handlers/by-kind.js')>,
) {
  const byKind = { byKind: { partitionKey: 'kind' } };
  const things = new DataTable(stack, 'Things', { partitionKey: 'id', indexes: byKind });
  const any: DataTable = things;
  const cdk: ITable = things.table;
  new NodeFunction(stack, 'Ours', { handler: queries, bind: { kinds: things } });
  new NodeFunction(stack, 'Unknown', { handler: queries, bind: { kinds: any } });
  new NodeFunction(stack, 'Cdk', { handler: queries, bind: { kinds: cdk } });
  const others = new DataTable(stack, 'Others', {
    partitionKey: 'id',
    indexes: { byDay: { partitionKey: 'day' } },
  });
  // @ts-expect-error the table does not have the index
  new NodeFunction(stack, 'Other', { handler: queries, bind: { kinds: others } });
}
