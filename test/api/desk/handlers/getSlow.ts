import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

export const handler = route(deskApi.getSlow, {}, async ({ params: { id } }) => ({
  status: 200,
  body: { id },
}));
