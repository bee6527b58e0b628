import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  FeaturePlan,
  OAuthScope,
  ProviderAttribute,
  UserPoolIdentityProviderSamlMetadata as SamlMetadata,
  StandardThreatProtectionMode,
} from 'aws-cdk-lib/aws-cognito';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SecretValue, type Stack } from 'aws-cdk-lib/core';
import { type IdentityProviders, UserDirectory, type UserDirectoryProps } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { cfnLint } from '../templates/cfn-lint.js';

const callbackUrls = ['https://shop.example.com/'];
const pages = { domainPrefix: 'shop', callbackUrls };

function everyProvider(stack: Stack): IdentityProviders {
  const clientSecret = Secret.fromSecretNameV2(stack, 'Secret', 'providers');
  const registered = { clientId: 'shop', clientSecret };
  return {
    google: { ...registered, secretField: 'google' },
    facebook: registered,
    apple: { clientId: 'shop', teamId: 'team', keyId: 'key', privateKey: clientSecret },
    amazon: registered,
    oidc: { Partner: { ...registered, issuerUrl: 'https://login.partner.example' } },
    saml: { Company: { metadata: SamlMetadata.url('https://login.company.example/metadata') } },
  };
}

function templateOf(props: (stack: Stack) => UserDirectoryProps): Template {
  const stack = newStack();
  new UserDirectory(stack, 'Users', props(stack));
  return Template.fromStack(stack);
}

const all = (more: UserDirectoryProps = {}) =>
  templateOf((stack) => ({ ...pages, providers: everyProvider(stack), ...more }));

const IDP = 'AWS::Cognito::UserPoolIdentityProvider';
const CLIENT = 'AWS::Cognito::UserPoolClient';

describe('providers of a UserDirectory', () => {
  it.each([
    ['Google', 'Google', 'openid email profile', { email: 'email', email_verified: 'email_verified' }],
    ['Facebook', 'Facebook', 'public_profile,email', { email: 'email' }],
    [
      'SignInWithApple',
      'SignInWithApple',
      'email name',
      { email: 'email', email_verified: 'email_verified' },
    ],
    ['LoginWithAmazon', 'LoginWithAmazon', 'profile', { email: 'email' }],
    ['Partner', 'OIDC', 'openid email profile', { email: 'email' }],
  ])('have %s', (ProviderName, ProviderType, authorize_scopes, AttributeMapping) => {
    all().hasResourceProperties(IDP, {
      ProviderName,
      ProviderType,
      ProviderDetails: { client_id: 'shop', authorize_scopes },
      AttributeMapping,
    });
  });

  it('have one of SAML', () => {
    all().hasResourceProperties(IDP, {
      ProviderName: 'Company',
      ProviderType: 'SAML',
      ProviderDetails: { MetadataURL: 'https://login.company.example/metadata' },
      AttributeMapping: { email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress' },
    });
  });

  it('have their secrets in Secrets Manager, and none in the template', () => {
    const details = Object.values(all().findResources(IDP)).map(
      ({ Properties }) => Properties.ProviderDetails,
    );
    const secrets = details.flatMap(({ client_secret, private_key }) => client_secret ?? private_key ?? []);
    expect(secrets).toHaveLength(5);
    for (const secret of secrets) expect(JSON.stringify(secret)).toContain('{{resolve:secretsmanager:');
    expect(JSON.stringify(secrets[0])).toContain(':SecretString:google::');
  });

  it('are known before the client that names them, which has no secret and returns to its site', () => {
    all().hasResource(CLIENT, {
      Properties: {
        GenerateSecret: false,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'],
        CallbackURLs: callbackUrls,
        LogoutURLs: callbackUrls,
        SupportedIdentityProviders: [
          'COGNITO',
          'Google',
          'Facebook',
          'SignInWithApple',
          'LoginWithAmazon',
          'Partner',
          'Company',
        ],
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('Google'), Match.stringLikeRegexp('Company')]),
    });
  });

  it('are offered on pages with a style of their own, on the Lite plan on the classic ones', () => {
    const managed = all();
    managed.hasResourceProperties('AWS::Cognito::UserPoolDomain', { Domain: 'shop', ManagedLoginVersion: 2 });
    managed.hasResourceProperties('AWS::Cognito::ManagedLoginBranding', {
      ClientId: { Ref: Match.stringLikeRegexp('Client') },
      UseCognitoProvidedValues: true,
    });
    const classic = all({ featurePlan: FeaturePlan.LITE });
    classic.hasResourceProperties('AWS::Cognito::UserPoolDomain', { ManagedLoginVersion: Match.absent() });
    classic.resourceCountIs('AWS::Cognito::ManagedLoginBranding', 0);
  });

  it('may be offered at an address of your own', () => {
    templateOf((stack) => ({
      callbackUrls,
      providers: everyProvider(stack),
      customDomain: {
        domainName: 'login.example.com',
        certificate: Certificate.fromCertificateArn(
          stack,
          'Certificate',
          'arn:aws:acm:us-east-1:1:certificate/a',
        ),
      },
    })).hasResourceProperties('AWS::Cognito::UserPoolDomain', {
      Domain: 'login.example.com',
      CustomDomainConfig: { CertificateArn: 'arn:aws:acm:us-east-1:1:certificate/a' },
    });
  });

  it('may lead elsewhere after sign-out', () => {
    const logoutUrls = ['https://shop.example.com/bye'];
    all({ logoutUrls }).hasResourceProperties(CLIENT, { LogoutURLs: logoutUrls });
  });

  it("let the user's properties win", () => {
    const oAuth = { callbackUrls, scopes: [OAuthScope.OPENID] };
    const template = templateOf((stack) => ({
      ...pages,
      client: { oAuth },
      providers: {
        amazon: {
          ...everyProvider(stack).amazon!,
          scopes: ['profile', 'postal_code'],
          attributeMapping: { fullname: ProviderAttribute.AMAZON_NAME },
        },
      },
    }));
    template.hasResourceProperties(CLIENT, { AllowedOAuthScopes: ['openid'] });
    template.hasResourceProperties(IDP, {
      ProviderDetails: { authorize_scopes: 'profile postal_code' },
      AttributeMapping: { name: 'name' },
    });
  });

  it('leave cdk-nag nothing to find', () => {
    const build = (stack: Stack) =>
      new UserDirectory(stack, 'Users', { ...pages, providers: everyProvider(stack) });
    expect(nagFindings(build)).toEqual([]);
  });

  it('leave cfn-lint nothing to find, with all that the local cloud does not have', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trellis-identity-'));
    try {
      const template = all({
        featurePlan: FeaturePlan.PLUS,
        threatProtection: StandardThreatProtectionMode.FULL_FUNCTION,
        passkeys: { relyingPartyId: 'shop.example.com' },
        email: { from: 'accounts@example.com' },
      });
      const file = join(folder, 'users.json');
      writeFileSync(file, JSON.stringify(template.toJSON()));
      expect(await cfnLint([file])).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const secret = (stack: Stack) => everyProvider(stack).google!;

  it.each<[string, (stack: Stack) => UserDirectoryProps, string]>([
    [
      'no address',
      (stack) => ({ callbackUrls, providers: { google: secret(stack) } }),
      '`domainPrefix` or `customDomain` is required, because `providers` and `callbackUrls` use the pages at that domain, got neither (at Stack/Users)',
    ],
    [
      'two addresses',
      () => ({
        domainPrefix: 'shop',
        customDomain: { domainName: 'a.example.com', certificate: {} as never },
      }),
      '`customDomain` must be undefined when `domainPrefix` is set: a directory has one domain',
    ],
    [
      'nowhere to lead back to',
      (stack) => ({ domainPrefix: 'shop', providers: { google: secret(stack) } }),
      '`callbackUrls` must have a URL to which `providers` redirect, as in https://shop.example.com/, got none',
    ],
    [
      'a sign-out without a sign-in',
      () => ({ domainPrefix: 'shop', logoutUrls: callbackUrls }),
      '`logoutUrls` requires `callbackUrls`, got none',
    ],
    [
      'an address that is not encrypted',
      () => ({ domainPrefix: 'shop', callbackUrls: ['http://shop.example.com/'] }),
      '`callbackUrls` must be https, an app\'s own scheme, or http on localhost, without a fragment, got "http://shop.example.com/"',
    ],
    [
      'a secret in plain text',
      () => {
        const clientSecret = SecretValue.unsafePlainText('abc') as never;
        return { ...pages, providers: { google: { clientId: 'shop', clientSecret } } };
      },
      '`providers.google.clientSecret` must be a secret of Secrets Manager, got object: a secret must not appear in the template',
    ],
    [
      'a private key in plain text',
      () => ({
        ...pages,
        providers: { apple: { clientId: 'a', teamId: 't', keyId: 'k', privateKey: 'abc' as never } },
      }),
      '`providers.apple.privateKey` must be an ISecret, got a string (',
    ],
    [
      'a name with a space',
      () => ({
        ...pages,
        providers: { saml: { 'The Company': { metadata: SamlMetadata.url('https://a.example') } } },
      }),
      '`providers` must have names of 3 to 32 characters without spaces and "_", got "The Company"',
    ],
    [
      'a name that Cognito has itself',
      () => ({
        ...pages,
        providers: { saml: { Google: { metadata: SamlMetadata.url('https://a.example') } } },
      }),
      '`providers` must have unique names other than those of Cognito, got "Google"',
    ],
  ])('are refused with %s', (_what, props, message) => {
    expect(() => templateOf(props)).toThrow(message);
  });
});
