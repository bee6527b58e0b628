import { authorizer } from 'cdk-trellis/runtime';
import { callers } from '../contract.js';

export const handler = authorizer(callers, {}, async ({ token }) =>
  token === undefined ? 'unauthorized' : { principalId: token, context: {} },
);
