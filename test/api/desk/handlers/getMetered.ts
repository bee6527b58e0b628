import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

export const handler = route(deskApi.getMetered, {}, async () => ({ status: 200, body: { metered: true } }));
