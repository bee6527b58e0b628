import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  PasskeyUserVerification,
  StandardThreatProtectionMode,
} from 'aws-cdk-lib/aws-cognito';
import { Duration } from 'aws-cdk-lib/core';
import { UserDirectory, type UserDirectoryProps } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';

function directoryWith(props: UserDirectoryProps) {
  const stack = newStack();
  new UserDirectory(stack, 'Users', props);
  return Template.fromStack(stack);
}

const POOL = 'AWS::Cognito::UserPool';
const CLIENT = 'AWS::Cognito::UserPoolClient';
const passkeys = { relyingPartyId: 'shop.example.com' };

describe('the feature plan of a UserDirectory', () => {
  it('is that of `featurePlan`', () => {
    directoryWith({ featurePlan: FeaturePlan.LITE }).hasResourceProperties(POOL, {
      UserPoolTier: 'LITE',
      UserPoolAddOns: Match.absent(),
    });
  });

  it('lets the Plus plan do what it is paid for', () => {
    directoryWith({ featurePlan: FeaturePlan.PLUS }).hasResourceProperties(POOL, {
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
    });
  });

  it('lets threat protection only report', () => {
    directoryWith({
      featurePlan: FeaturePlan.PLUS,
      threatProtection: StandardThreatProtectionMode.AUDIT_ONLY,
    }).hasResourceProperties(POOL, { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } });
  });

  it('leaves cdk-nag nothing to find, also where nothing of it is acknowledged', () => {
    const props = { featurePlan: FeaturePlan.PLUS, userPool: { mfa: Mfa.REQUIRED } };
    expect(nagFindings((stack) => new UserDirectory(stack, 'Users', props))).toEqual([]);
  });

  it.each<[string, UserDirectoryProps, string]>([
    [
      'threat protection without the Plus plan',
      { threatProtection: StandardThreatProtectionMode.FULL_FUNCTION },
      '`threatProtection` requires the Plus plan, got ESSENTIALS: set `featurePlan: FeaturePlan.PLUS`, or leave it out (at Stack/Users)',
    ],
    [
      "threat protection of the user's own without the Plus plan",
      { userPool: { standardThreatProtectionMode: StandardThreatProtectionMode.AUDIT_ONLY } },
      '`threatProtection` requires the Plus plan, got ESSENTIALS',
    ],
    [
      'passkeys on the Lite plan',
      { featurePlan: FeaturePlan.LITE, passkeys },
      '`passkeys` require the Essentials or Plus plan, got LITE: set `featurePlan: FeaturePlan.ESSENTIALS`, or omit them (at Stack/Users)',
    ],
    [
      'an address as what passkeys are for',
      { passkeys: { relyingPartyId: 'https://shop.example.com' } },
      '`passkeys.relyingPartyId` must be the host of the site in at most 63 characters, like shop.example.com, got "https://shop.example.com"',
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => directoryWith(props)).toThrow(message);
  });
});

describe('sign-in of a UserDirectory', () => {
  it('may be by passkeys, which count as two factors', () => {
    const template = directoryWith({ passkeys });
    template.hasResourceProperties(POOL, {
      Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } },
      WebAuthnRelyingPartyID: 'shop.example.com',
      WebAuthnUserVerification: 'required',
      WebAuthnFactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION',
    });
    template.hasResourceProperties(CLIENT, {
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    });
  });

  it('may be by passkeys of devices that do not ask who holds them, which count as one', () => {
    const userVerification = PasskeyUserVerification.PREFERRED;
    directoryWith({ passkeys: { ...passkeys, userVerification } }).hasResourceProperties(POOL, {
      WebAuthnUserVerification: 'preferred',
      WebAuthnFactorConfiguration: Match.absent(),
    });
  });

  it('gives tokens the validity of the client', () => {
    directoryWith({
      client: {
        accessTokenValidity: Duration.minutes(5),
        idTokenValidity: Duration.minutes(10),
        refreshTokenValidity: Duration.hours(1),
      },
    }).hasResourceProperties(CLIENT, {
      AccessTokenValidity: 5,
      IdTokenValidity: 10,
      RefreshTokenValidity: 60,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
    });
  });

  it('is recovered by the settings of the pool', () => {
    directoryWith({ userPool: { accountRecovery: AccountRecovery.NONE } }).hasResourceProperties(POOL, {
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
    });
  });
});

describe('e-mail of a UserDirectory', () => {
  it('is sent by SES from an address of a verified domain, by TLS only', () => {
    const template = directoryWith({
      email: { from: 'accounts@example.com', fromName: 'The Shop', replyTo: 'help@example.com' },
    });
    template.hasResourceProperties(POOL, {
      EmailConfiguration: {
        EmailSendingAccount: 'DEVELOPER',
        From: 'The Shop <accounts@example.com>',
        ReplyToEmailAddress: 'help@example.com',
        SourceArn: {
          'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':identity/example.com$')])],
        },
        ConfigurationSet: { Ref: Match.stringLikeRegexp('UsersEmails') },
      },
    });
    template.hasResourceProperties('AWS::SES::ConfigurationSet', {
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
    });
  });

  it('is sent from a verified address, in another region without a set of this one', () => {
    const template = directoryWith({
      email: { from: 'accounts@example.com', verified: 'address', region: 'eu-west-1' },
    });
    template.hasResourceProperties(POOL, {
      EmailConfiguration: {
        SourceArn: {
          'Fn::Join': [
            '',
            Match.arrayWith([':ses:eu-west-1:', Match.stringLikeRegexp(':identity/accounts@example.com$')]),
          ],
        },
      },
    });
    template.resourceCountIs('AWS::SES::ConfigurationSet', 0);
  });

  it('leaves cdk-nag nothing to find', () => {
    const email = { from: 'accounts@example.com' };
    expect(nagFindings((stack) => new UserDirectory(stack, 'Users', { email }))).toEqual([]);
  });

  it('is refused from an invalid address', () => {
    expect(() => directoryWith({ email: { from: 'example.com' } })).toThrow(
      '`email.from` must be an address like accounts@example.com, got "example.com" (at Stack/Users)',
    );
  });
});
