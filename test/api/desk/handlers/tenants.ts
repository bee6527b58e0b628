import { authorizer } from 'cdk-trellis/runtime';
import { tenants } from '../contract.js';

let asked = 0;

export const handler = authorizer(tenants, {}, async ({ headers, query }) => {
  const tenant = headers['x-tenant'];
  if (!tenant || query.room !== 'a') return 'unauthorized';
  asked += 1;
  return { principalId: tenant, context: { tenant, asked } };
});
