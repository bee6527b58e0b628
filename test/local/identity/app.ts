// A directory with triggers that refuse, fail and change things, and with what the local cloud leaves out.
import { FeaturePlan, UserPoolIdentityProviderSamlMetadata as SamlMetadata } from 'aws-cdk-lib/aws-cognito';
import { App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { UserDirectory } from 'cdk-trellis';

const stack = new Stack(new App(), 'Identity');
const users = new UserDirectory(stack, 'Users', {
  groups: ['members'],
  featurePlan: FeaturePlan.PLUS,
  passkeys: { relyingPartyId: 'shop.example.com' },
  email: { from: 'accounts@example.com' },
  domainPrefix: 'identity',
  callbackUrls: ['http://localhost:3000/'],
  providers: { saml: { Company: { metadata: SamlMetadata.url('https://login.company.example/metadata') } } },
  triggers: {
    preSignUp: () => import('../../identity/handlers/pre-sign-up.js'),
    postConfirmation: () => import('../../identity/handlers/post-confirmation.js'),
    preTokenGeneration: () => import('../../identity/handlers/pre-token-generation.js'),
  },
  bind: { domain: 'example.com' },
});
new CfnOutput(stack, 'ClientId', { value: users.client.userPoolClientId });
new CfnOutput(stack, 'PoolId', { value: users.userPool.userPoolId });
