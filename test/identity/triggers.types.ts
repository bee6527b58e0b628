// Compiled, never run: what the compiler must refuse.
import { Stack } from 'aws-cdk-lib/core';
import { DataTable, UserDirectory } from 'cdk-trellis';
import { trigger } from 'cdk-trellis/runtime';

const stack = new Stack();
const preSignUp = () => import('./handlers/pre-sign-up.js');
const postConfirmation = () => import('./handlers/post-confirmation.js');

const users = new UserDirectory(stack, 'Users', {
  triggers: { preSignUp, postConfirmation: { handler: postConfirmation, memorySize: 512 } },
  bind: { domain: 'example.com' },
});
users.triggers.preSignUp.functionArn;
// @ts-expect-error unknown trigger of this pool
users.triggers.userMigration;
const any: UserDirectory = users;
any.triggers.userMigration?.functionArn;

new UserDirectory(stack, 'Own', { triggers: { postConfirmation } });
new UserDirectory(stack, 'Other', { triggers: { postConfirmation }, bind: { members: users } });
new UserDirectory(stack, 'Plain', { triggers: { preSignUp: () => import('./handlers/plain.js') } });

// @ts-expect-error the module is made for another trigger
new UserDirectory(stack, 'Wrong', { triggers: { postConfirmation: preSignUp }, bind: { domain: 'a' } });
const plain = { preAuthentication: () => import('./handlers/plain.js') };
// @ts-expect-error the event of a plain handler is another one
new UserDirectory(stack, 'WrongPlain', { triggers: plain });
// @ts-expect-error a need is not bound
new UserDirectory(stack, 'Unbound', { triggers: { preSignUp } });
const domain = new DataTable(stack, 'Table', { partitionKey: 'id' });
// @ts-expect-error bound to the wrong kind
new UserDirectory(stack, 'Kind', { triggers: { preSignUp }, bind: { domain } });
// @ts-expect-error unknown trigger
new UserDirectory(stack, 'Name', { triggers: { preSignup: preSignUp }, bind: { domain: 'a' } });

trigger('preSignUp', {}, async ({ request }) => ({
  autoConfirmUser: request.userAttributes.email !== undefined,
}));
trigger('preSignUp', {}, async () => {});
trigger('postConfirmation', {}, async ({ triggerSource }) => {
  const source: 'PostConfirmation_ConfirmSignUp' | 'PostConfirmation_ConfirmForgotPassword' = triggerSource;
  console.log(source);
});
// @ts-expect-error not the response of this trigger
trigger('preSignUp', {}, async () => ({ autoConfirmUser: 'yes' }));
// @ts-expect-error unknown trigger
trigger('preSignup', {}, async () => {});
