import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

export const handler = route(deskApi.getTenant, {}, async ({ context }) => ({ status: 200, body: context }));
