// Compiled, never run: errors that the compiler must report.
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Stack } from 'aws-cdk-lib/core';
import { type Bindable, type BindCheck, NodeFunction } from 'cdk-trellis';
import type { DataTable } from '../../lib/data/data-table.js';

type Orders = typeof import('./fixtures/handlers/orders.js');
type Plain = typeof import('./fixtures/handlers/plain.js');

const plain = () => import('./fixtures/handlers/plain.js');
const needy = () => import('./fixtures/handlers/orders.js');
const callback = () => import('./fixtures/handlers/callback.js');
const other = () => import('./fixtures/caller.js');

export function functions(stack: Stack, orders: DataTable, cdk: ITable, bus: Bindable<'bus'>): void {
  new NodeFunction(stack, 'Plain', { handler: plain, memorySize: 512 });
  new NodeFunction(stack, 'Ours', { handler: needy, bind: { orders } });
  new NodeFunction(stack, 'Cdk', { handler: needy, bind: { orders: cdk } });
  new NodeFunction(stack, 'Named', {
    handler: () => import('./fixtures/handlers/several.js').then((module) => ({ handler: module.place })),
    bind: { orders },
  });
  new NodeFunction(stack, 'Default', {
    handler: () => import('./fixtures/handlers/several.js').then((module) => ({ handler: module.default })),
  });
  new NodeFunction(stack, 'E0', {
    // @ts-expect-error an export that there is not
    handler: () => import('./fixtures/handlers/several.js').then((module) => ({ handler: module.plce })),
  });
  // @ts-expect-error a need of another export is not bound
  new NodeFunction(stack, 'E0b', {
    handler: () => import('./fixtures/handlers/several.js').then((module) => ({ handler: module.place })),
  });
  // @ts-expect-error a need is not bound
  new NodeFunction(stack, 'E1', { handler: needy });
  // @ts-expect-error a binding of another kind
  new NodeFunction(stack, 'E2', { handler: needy, bind: { orders: bus } });
  // @ts-expect-error a misspelt binding
  new NodeFunction(stack, 'E3', { handler: needy, bind: { order: orders } });
  // @ts-expect-error a binding that nothing needs
  new NodeFunction(stack, 'E4', { handler: plain, bind: { orders } });
  // @ts-expect-error a callback: Node.js 24 does not call it
  new NodeFunction(stack, 'E5', { handler: callback });
  // @ts-expect-error a module without a handler
  new NodeFunction(stack, 'E6', { handler: other });
}

/** Bindings that several handlers share. */
export function shared(check: <C>(value: C) => void): void {
  check<BindCheck<Orders, { orders: DataTable; events: Bindable<'bus'> }>>('anything');
  check<BindCheck<Plain, { orders: DataTable }>>('anything');
  // @ts-expect-error not bound
  check<BindCheck<Orders, { events: Bindable<'bus'> }>>('anything');
  // @ts-expect-error bound to another kind
  check<BindCheck<Orders, { orders: Bindable<'bus'> }>>('anything');
}
