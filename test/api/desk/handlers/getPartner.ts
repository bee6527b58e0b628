import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

export const handler = route(deskApi.getPartner, {}, async ({ context }) => ({ status: 200, body: context }));
