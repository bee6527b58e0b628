import { authorizer, parameter } from 'cdk-trellis/runtime';
import { partners } from '../contract.js';

export const handler = authorizer(partners, { keys: parameter.read }, async ({ token }, { keys }) => {
  if (token === 'broken') throw new Error('a secret of the authorizer');
  if (token === 'banned') return 'forbidden';
  const known = JSON.parse(await keys.value());
  const partnerId = known[token ?? ''];
  return partnerId
    ? { principalId: partnerId, context: { partnerId, tier: 2, active: true } }
    : 'unauthorized';
});
