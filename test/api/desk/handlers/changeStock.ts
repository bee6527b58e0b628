import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

export const handler = route(
  deskApi.changeStock,
  {},
  async ({ user: { sub, groups, scopes, clientId } }) => ({
    status: 200,
    body: { sub, groups, scopes, clientId },
  }),
);
