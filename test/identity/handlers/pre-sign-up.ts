import { text, trigger, UserRefusedError } from 'cdk-trellis/runtime';

export const handler = trigger('preSignUp', { domain: text() }, async ({ request }, { domain }) => {
  const { email = '' } = request.userAttributes;
  if (email.startsWith('broken@')) throw new Error(`cannot read arn:aws:secret of ${email}`);
  if (!email.endsWith(`@${domain}`)) throw new UserRefusedError(`Only addresses of ${domain} may sign up`);
  return { autoConfirmUser: email.startsWith('trusted@') };
});
