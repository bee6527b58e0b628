import { trigger } from 'cdk-trellis/runtime';

export const handler = trigger('preTokenGeneration', {}, async ({ request }) => ({
  claimsAndScopeOverrideDetails: {
    accessTokenGeneration: {
      claimsToAddOrOverride: { shop: request.userAttributes.email?.split('@')[1] ?? '' },
    },
  },
}));
