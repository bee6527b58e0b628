// Handlers of a CDK app that infers the types of its exports.
import { handle, table } from 'cdk-trellis/runtime';

export const handler = handle({ orders: table.read }, async (_event: object, { orders }) => orders.tableName);
