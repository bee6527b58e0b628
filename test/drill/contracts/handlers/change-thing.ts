import { requireMatch, route } from 'cdk-trellis/runtime';
import { everythingApi } from '../contract.js';

export const handler = route(everythingApi.changeThing, {}, async ({ headers }) => {
  requireMatch(headers, 7);
  return { status: 204 };
});
