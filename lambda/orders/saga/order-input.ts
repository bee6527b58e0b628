import { OrderPlaced } from '../../../contracts/order-events.js';

/** What the fulfilment of an order is started with: the data of its event. */
export const OrderInput = OrderPlaced.schema;
