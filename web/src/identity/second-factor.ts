import type {
  AssociateSoftwareTokenResponse,
  GetUserResponse,
} from '@aws-sdk/client-cognito-identity-provider';
import { CognitoError, call } from './call.js';
import { accessToken } from './session.js';

const TOTP = 'SOFTWARE_TOKEN_MFA';

async function callSignedIn<Response>(action: string, input: object = {}): Promise<Response> {
  const AccessToken = await accessToken();
  if (!AccessToken) throw new CognitoError('NotAuthorizedException', 'Please sign in again.');
  return call<Response>(
    action,
    { AccessToken, ...input },
    {
      EnableSoftwareTokenMFAException: 'This is not the code that the app shows now.',
      NotAuthorizedException: 'Please sign in again.',
    },
  );
}

/** Returns whether signing in requires a code of an authenticator app. */
export async function hasSecondFactor(): Promise<boolean> {
  const { UserMFASettingList = [] } = await callSignedIn<GetUserResponse>('GetUser');
  return UserMFASettingList.includes(TOTP);
}

/** Creates a secret for an authenticator app, which `turnOn` activates. */
export async function newSecret(): Promise<string> {
  const { SecretCode } = await callSignedIn<AssociateSoftwareTokenResponse>('AssociateSoftwareToken');
  return SecretCode as string;
}

/** Requires a code at each sign-in from now on. */
export async function turnOn(code: string): Promise<void> {
  await callSignedIn('VerifySoftwareToken', { UserCode: code });
  await set(true);
}

export async function turnOff(): Promise<void> {
  await set(false);
}

async function set(isOn: boolean): Promise<void> {
  await callSignedIn('SetUserMFAPreference', {
    SoftwareTokenMfaSettings: { Enabled: isOn, PreferredMfa: isOn },
  });
}
