import { route } from 'cdk-trellis/runtime';
import { everythingApi } from '../contract.js';

export const handler = route(everythingApi.mirrorPhoto, {}, async ({ body }) => ({
  status: 200,
  body: body.toReversed(),
}));
