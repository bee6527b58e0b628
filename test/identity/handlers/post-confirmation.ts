import { AdminAddUserToGroupCommand } from '@aws-sdk/client-cognito-identity-provider';
import { trigger, users } from 'cdk-trellis/runtime';

export const handler = trigger('postConfirmation', { members: users.manage }, async (event, { members }) => {
  if (event.triggerSource !== 'PostConfirmation_ConfirmSignUp') return;
  await members.client.send(
    new AdminAddUserToGroupCommand({
      UserPoolId: members.userPoolId,
      Username: event.userName,
      GroupName: 'members',
    }),
  );
});
