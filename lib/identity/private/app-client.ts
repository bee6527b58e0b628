import {
  CfnManagedLoginBranding,
  FeaturePlan,
  ManagedLoginVersion,
  OAuthScope,
  type UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolClientOptions,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { definedProps } from '../../construct/defined-props.js';
import type { UserDirectoryProps } from '../user-directory-props.js';
import type { CreatedProvider } from './providers.js';
import { planOf } from './validate-directory.js';

/** Creates the domain of Cognito's pages and of programs' tokens, if configured. */
export function createDomain(userPool: UserPool, props: UserDirectoryProps): UserPoolDomain | undefined {
  const { domainPrefix, customDomain } = props;
  if (!domainPrefix && !customDomain) return undefined;
  return userPool.addDomain('Domain', {
    ...(domainPrefix ? { cognitoDomain: { domainPrefix } } : { customDomain: customDomain! }),
    ...(hasManagedLogin(props) && { managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN }),
  });
}

/** Returns whether users sign in on the managed login pages; the Lite plan has the classic ones only. */
function hasManagedLogin(props: UserDirectoryProps): boolean {
  return Boolean(props.callbackUrls?.length) && planOf(props) !== FeaturePlan.LITE;
}

/** Creates the app client of the browser. */
export function createClient(
  scope: Construct,
  userPool: UserPool,
  props: UserDirectoryProps,
  providers: readonly CreatedProvider[],
): UserPoolClient {
  const client = userPool.addClient('Client', {
    authFlows: { userSrp: true, ...(props.passkeys && { user: true }) },
    ...(!props.client?.oAuth && oAuth(props)),
    ...(providers.length > 0 && {
      supportedIdentityProviders: [
        UserPoolClientIdentityProvider.COGNITO,
        ...providers.map(({ supported }) => supported),
      ],
    }),
    generateSecret: false,
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(30),
    ...definedProps(props.client),
  });
  // Cognito rejects a client whose providers do not exist yet.
  client.node.addDependency(...providers.map(({ resource }) => resource));
  if (hasManagedLogin(props)) {
    // Without a branding style the pages return an error.
    new CfnManagedLoginBranding(scope, 'PageStyle', {
      userPoolId: userPool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
  }
  return client;
}

function oAuth({ callbackUrls, logoutUrls }: UserDirectoryProps): UserPoolClientOptions {
  if (!callbackUrls?.length) return { disableOAuth: true };
  return {
    oAuth: {
      // With PKCE, which needs no secret. https://datatracker.ietf.org/doc/html/rfc7636
      flows: { authorizationCodeGrant: true },
      // APIs require the last scope: it lets users change their own account, as after a sign-in by SRP.
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE, OAuthScope.COGNITO_ADMIN],
      callbackUrls: [...callbackUrls],
      logoutUrls: [...(logoutUrls ?? callbackUrls)],
    },
  };
}
