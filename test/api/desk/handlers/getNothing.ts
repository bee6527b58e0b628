import { route } from 'cdk-trellis/runtime';
import { closedApi } from '../contract.js';

export const handler = route(closedApi.getNothing, {}, async () => ({ status: 200, body: {} }));
