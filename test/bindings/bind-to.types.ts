// Compiled, never run: errors that the compiler must report.
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import {
  type Alias,
  AssetImageCode,
  Code,
  type IFunction,
  type Function as LambdaFunction,
  Runtime,
  type SingletonFunction,
  type Version,
} from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { AssetFunction, bindTo, type DataTable, type NodeFunction } from 'cdk-trellis';

interface Given {
  readonly fn: LambdaFunction;
  readonly singleton: SingletonFunction;
  readonly any: IFunction;
  readonly version: Version;
  readonly alias: Alias;
  readonly node: NodeFunction;
  readonly cdk: ITable;
  readonly ours: DataTable<'byDay'>;
  readonly bus: EventBus;
  readonly bucket: IBucket;
  readonly queue: IQueue;
}

export function accesses({ fn, any, node, cdk, ours, bus, bucket, queue }: Given) {
  bindTo(fn, { a: { to: cdk, access: 'readWrite' }, b: { to: ours, access: "index('byDay').read" } });
  bindTo(fn, { a: { to: bus, access: 'publish' }, b: { to: queue, access: 'send' } });
  bindTo(fn, { a: { to: bucket, access: 'write' }, b: { to: any, access: 'call' } });
  bindTo(fn, { a: { to: node, access: 'send' }, b: { to: 'text' }, c: { to: 3 } });
  // @ts-expect-error a table has no `publish`
  bindTo(fn, { a: { to: cdk, access: 'publish' } });
  // @ts-expect-error neither has a DataTable
  bindTo(fn, { a: { to: ours, access: 'publish' } });
  // @ts-expect-error a bus is not read
  bindTo(fn, { a: { to: bus, access: 'read' } });
  // @ts-expect-error a function is called or sent to
  bindTo(fn, { a: { to: any, access: 'invoke' } });
  // @ts-expect-error a table is used in some way
  bindTo(fn, { a: { to: cdk } });
  // @ts-expect-error a text is only a text
  bindTo(fn, { a: { to: 'text', access: 'read' } });
  // @ts-expect-error a date cannot be bound
  bindTo(fn, { a: { to: new Date(), access: 'read' } });
}

export function targets({ fn, singleton, any, version, alias, node }: Given) {
  const bindings = { stage: { to: 'beta' } };
  for (const target of [fn, singleton, node]) bindTo(target, bindings);
  // @ts-expect-error possibly an imported function
  bindTo(any, bindings);
  // @ts-expect-error a version is immutable
  bindTo(version, bindings);
  // @ts-expect-error so is the target of an alias
  bindTo(alias, bindings);
}

export function codeFunctions(stack: Stack, { cdk, bus }: Given) {
  const code = Code.fromInline('');
  const image = new AssetImageCode('image', {});
  new AssetFunction(stack, 'Archive', { code, runtime: Runtime.PYTHON_3_13, handler: 'index.handler' });
  new AssetFunction(stack, 'Image', { code: image, bind: { orders: { to: cdk, access: 'read' } } });
  // @ts-expect-error code other than an image needs a runtime
  new AssetFunction(stack, 'E1', { code, handler: 'index.handler' });
  // @ts-expect-error an image has its own
  new AssetFunction(stack, 'E2', { code: image, handler: 'index.handler' });
  // @ts-expect-error a bus is not read
  new AssetFunction(stack, 'E3', { code: image, bind: { events: { to: bus, access: 'read' } } });
}
