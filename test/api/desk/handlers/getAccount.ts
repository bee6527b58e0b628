import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

export const handler = route(deskApi.getAccount, {}, async ({ caller }) => ({ status: 200, body: caller }));
