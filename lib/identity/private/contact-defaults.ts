import { AccountRecovery, type UserPoolProps } from 'aws-cdk-lib/aws-cognito';

type ContactDefaults = Pick<
  UserPoolProps,
  'signInAliases' | 'autoVerify' | 'keepOriginal' | 'accountRecovery'
>;

/**
 * Returns the defaults about e-mail addresses and phone numbers, which depend on each other: users sign in by what is
 * verified, and recover their account by it.
 */
export function contactDefaults(own: UserPoolProps = {}): ContactDefaults {
  const signInAliases = own.signInAliases ?? { email: true };
  const byPhone = Boolean(signInAliases.phone);
  const autoVerify = own.autoVerify ?? { email: Boolean(signInAliases.email) || !byPhone, phone: byPhone };
  const recoversByPhone = autoVerify.email ? false : autoVerify.phone || (byPhone && !signInAliases.email);
  return {
    signInAliases,
    autoVerify,
    // Otherwise a stolen access token could redirect account recovery to another address. Cognito rejects an attribute
    // here that it does not verify.
    ...((autoVerify.email || autoVerify.phone) && { keepOriginal: autoVerify }),
    accountRecovery: recoversByPhone ? AccountRecovery.PHONE_ONLY_WITHOUT_MFA : AccountRecovery.EMAIL_ONLY,
  };
}
