import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

export const handler = route(deskApi.getOtherAccount, {}, async ({ caller: { arn } }) => ({
  status: 200,
  body: { arn },
}));
