import {
  type AttributeMapping,
  ProviderAttribute,
  UserPoolClientIdentityProvider as Supported,
  type UserPool,
  UserPoolIdentityProviderAmazon,
  UserPoolIdentityProviderApple,
  UserPoolIdentityProviderFacebook,
  UserPoolIdentityProviderGoogle,
  UserPoolIdentityProviderOidc,
  UserPoolIdentityProviderSaml,
} from 'aws-cdk-lib/aws-cognito';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { SecretValue } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type {
  AmazonProvider,
  AppleProvider,
  FacebookProvider,
  GoogleProvider,
  IdentityProviders,
  OidcProvider,
  SamlProvider,
} from '../identity-providers.js';

const OPENID = ['openid', 'email', 'profile'];
const SAML_EMAIL = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';

/** A provider, and its name in an app client. */
export interface CreatedProvider {
  readonly resource: Construct;
  readonly supported: Supported;
}

/** Creates the identity providers. */
export function createProviders(
  parent: Construct,
  userPool: UserPool,
  { google, facebook, apple, amazon, oidc = {}, saml = {} }: IdentityProviders,
): CreatedProvider[] {
  const scope = new Construct(parent, 'Providers');
  const named = (resource: Construct, supported: Supported) => ({ resource, supported });
  return [
    google && named(createGoogle(scope, userPool, google), Supported.GOOGLE),
    facebook && named(createFacebook(scope, userPool, facebook), Supported.FACEBOOK),
    apple && named(createApple(scope, userPool, apple), Supported.APPLE),
    amazon && named(createAmazon(scope, userPool, amazon), Supported.AMAZON),
    ...Object.entries(oidc).map(([name, one]) =>
      named(createOidc(scope, userPool, name, one), Supported.custom(name)),
    ),
    ...Object.entries(saml).map(([name, one]) =>
      named(createSaml(scope, userPool, name, one), Supported.custom(name)),
    ),
  ].filter((one) => one !== undefined);
}

function createGoogle(
  scope: Construct,
  userPool: UserPool,
  { clientSecret, secretField, ...props }: GoogleProvider,
) {
  return new UserPoolIdentityProviderGoogle(scope, 'Google', {
    scopes: OPENID,
    attributeMapping: {
      email: ProviderAttribute.GOOGLE_EMAIL,
      emailVerified: ProviderAttribute.GOOGLE_EMAIL_VERIFIED,
    },
    ...props,
    userPool,
    clientSecretValue: secretValue(clientSecret, secretField),
  });
}

function createFacebook(
  scope: Construct,
  userPool: UserPool,
  { clientSecret, secretField, ...props }: FacebookProvider,
) {
  return new UserPoolIdentityProviderFacebook(scope, 'Facebook', {
    scopes: ['public_profile', 'email'],
    attributeMapping: emailFrom('email'),
    ...props,
    userPool,
    clientSecret: textOf(clientSecret, secretField),
  });
}

function createApple(
  scope: Construct,
  userPool: UserPool,
  { privateKey, secretField, ...props }: AppleProvider,
) {
  return new UserPoolIdentityProviderApple(scope, 'Apple', {
    scopes: ['email', 'name'],
    attributeMapping: {
      email: ProviderAttribute.APPLE_EMAIL,
      emailVerified: ProviderAttribute.APPLE_EMAIL_VERIFIED,
    },
    ...props,
    userPool,
    privateKeyValue: secretValue(privateKey, secretField),
  });
}

function createAmazon(
  scope: Construct,
  userPool: UserPool,
  { clientSecret, secretField, ...props }: AmazonProvider,
) {
  return new UserPoolIdentityProviderAmazon(scope, 'Amazon', {
    scopes: ['profile'],
    attributeMapping: emailFrom('email'),
    ...props,
    userPool,
    clientSecret: textOf(clientSecret, secretField),
  });
}

function createOidc(
  scope: Construct,
  userPool: UserPool,
  name: string,
  { clientSecret, secretField, ...props }: OidcProvider,
) {
  return new UserPoolIdentityProviderOidc(scope, `Oidc-${name}`, {
    scopes: OPENID,
    attributeMapping: emailFrom('email'),
    ...props,
    userPool,
    name,
    clientSecret: textOf(clientSecret, secretField),
  });
}

function createSaml(scope: Construct, userPool: UserPool, name: string, props: SamlProvider) {
  return new UserPoolIdentityProviderSaml(scope, `Saml-${name}`, {
    attributeMapping: emailFrom(SAML_EMAIL),
    ...props,
    userPool,
    name,
  });
}

function emailFrom(attribute: string): AttributeMapping {
  return { email: ProviderAttribute.other(attribute) };
}

function secretValue(secret: ISecret, field: string | undefined): SecretValue {
  return field === undefined ? secret.secretValue : secret.secretValueFromJson(field);
}

/** Returns a reference that CloudFormation resolves: the secret never appears in the template. */
function textOf(secret: ISecret, field: string | undefined): string {
  return secretValue(secret, field).unsafeUnwrap();
}
