import { OrderPlaced } from '../../../contracts/order-events.js';

/** Input of an order's fulfilment: the data of its event. */
export const OrderInput = OrderPlaced.schema;
