import {
  type CfnUserPool,
  FeaturePlan,
  Mfa,
  PasskeyUserVerification,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolEmail,
  type UserPoolProps,
} from 'aws-cdk-lib/aws-cognito';
import { ConfigurationSet, ConfigurationSetTlsPolicy } from 'aws-cdk-lib/aws-ses';
import { Annotations, Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../../construct/acknowledge.js';
import { definedProps } from '../../construct/defined-props.js';
import { dataRemovalPolicy, isEphemeral } from '../../target/ephemeral.js';
import type { PasskeyOptions, UserDirectoryProps, UserEmailOptions } from '../user-directory-props.js';
import { contactDefaults } from './contact-defaults.js';
import { planOf } from './validate-directory.js';

/** Password policy, overridden property by property: longer passwords still need all kinds of characters. */
const PASSWORDS = {
  minLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireDigits: true,
  requireSymbols: true,
  tempPasswordValidity: Duration.days(3),
};

/** Creates the pool with the defaults, overridden by the user's properties. */
export function createUserPool(scope: Construct, props: UserDirectoryProps): UserPool {
  const featurePlan = planOf(props);
  const pool = new UserPool(scope, 'Pool', {
    selfSignUpEnabled: true,
    signInCaseSensitive: false,
    ...contactDefaults(props.userPool),
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    featurePlan,
    ...threatProtection(props, featurePlan),
    ...(props.passkeys && signInByPasskey(props.passkeys)),
    ...(props.email && { email: emailOf(scope, props.email) }),
    deletionProtection: !isEphemeral(scope),
    removalPolicy: dataRemovalPolicy(scope, true),
    ...definedProps(props.userPool),
    passwordPolicy: { ...PASSWORDS, ...definedProps(props.userPool?.passwordPolicy) },
  });
  if (props.passkeys) countAsTwoFactors(pool, props.passkeys);
  acknowledgeFindings(pool, featurePlan);
  if (props.userPool?.mfa === Mfa.OFF) {
    Annotations.of(scope).addWarningV2(
      'cdk-trellis:mfaOff',
      'Users cannot protect their account with a second factor: prefer `Mfa.OPTIONAL`.',
    );
  }
  return pool;
}

function threatProtection(
  { threatProtection: mode }: UserDirectoryProps,
  plan: FeaturePlan,
): Partial<UserPoolProps> {
  if (mode) return { standardThreatProtectionMode: mode };
  const isPaidFor = plan === FeaturePlan.PLUS;
  return isPaidFor ? { standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION } : {};
}

function signInByPasskey({ relyingPartyId, userVerification }: PasskeyOptions): Partial<UserPoolProps> {
  return {
    signInPolicy: { allowedFirstAuthFactors: { password: true, passkey: true } },
    passkeyRelyingPartyId: relyingPartyId,
    passkeyUserVerification: userVerification ?? PasskeyUserVerification.REQUIRED,
  };
}

/**
 * Lets users with a second factor use passkeys. CDK's pool lacks the property.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_WebAuthnConfigurationType.html
 */
function countAsTwoFactors(pool: UserPool, { userVerification }: PasskeyOptions): void {
  if (userVerification === PasskeyUserVerification.PREFERRED) return;
  (pool.node.defaultChild as CfnUserPool).webAuthnFactorConfiguration = 'MULTI_FACTOR_WITH_USER_VERIFICATION';
}

/**
 * Returns the e-mail settings. Cognito sends by its service-linked role, so that nothing is granted. Messages are sent
 * by TLS or not at all.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
 */
function emailOf(scope: Construct, options: UserEmailOptions): UserPoolEmail {
  const { from, fromName, replyTo, verified = 'domain', region } = options;
  // A configuration set belongs to its region.
  const set = region
    ? undefined
    : new ConfigurationSet(scope, 'Emails', { tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE });
  return UserPoolEmail.withSES({
    fromEmail: from,
    sesRegion: region ?? Stack.of(scope).region,
    ...(fromName !== undefined && { fromName }),
    ...(replyTo !== undefined && { replyTo }),
    ...(verified === 'domain' && { sesVerifiedDomain: from.slice(from.indexOf('@') + 1) }),
    ...(set && { configurationSetName: set.configurationSetName }),
  });
}

function acknowledgeFindings(pool: UserPool, plan: FeaturePlan): void {
  acknowledge(pool, {
    'AwsSolutions-COG2':
      'A second factor is offered to every user and not forced on customers of a public application; set `userPool: { mfa: Mfa.REQUIRED }` where it must be.',
  });
  if (plan === FeaturePlan.PLUS) return;
  acknowledge(pool, {
    'AwsSolutions-COG8':
      'The Plus plan costs $0.02 per active user from the first one; set `featurePlan: FeaturePlan.PLUS` where threat protection is worth it.',
  });
}
