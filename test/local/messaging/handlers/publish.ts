import { bus, handle } from 'cdk-trellis/runtime';
import { OrderChanged, OrderChangedV9 } from '../contracts.js';

interface Order {
  readonly orderId: string;
  readonly state: string;
}

export const handler = handle(
  { changed: bus(OrderChanged).publish, changedV9: bus(OrderChangedV9).publish },
  async ({ version, ...order }: Order & { version: number }, { changed, changedV9 }) =>
    version === 9 ? changedV9.publish(order) : changed.publish(order),
);
