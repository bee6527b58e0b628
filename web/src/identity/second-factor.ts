import type {
  AssociateSoftwareTokenResponse,
  GetUserResponse,
} from '@aws-sdk/client-cognito-identity-provider';
import { CognitoError, call } from './call.js';
import { accessToken } from './session.js';

const TOTP = 'SOFTWARE_TOKEN_MFA';

async function callSignedIn<Answer>(action: string, input: object = {}): Promise<Answer> {
  const AccessToken = await accessToken();
  if (!AccessToken) throw new CognitoError('NotAuthorizedException', 'Please sign in again.');
  return call<Answer>(
    action,
    { AccessToken, ...input },
    {
      EnableSoftwareTokenMFAException: 'This is not the code that the app shows now.',
      NotAuthorizedException: 'Please sign in again.',
    },
  );
}

/** Whether signing in asks for a code of an authenticator app. */
export async function hasSecondFactor(): Promise<boolean> {
  const { UserMFASettingList = [] } = await callSignedIn<GetUserResponse>('GetUser');
  return UserMFASettingList.includes(TOTP);
}

/** A new secret for an authenticator app; it counts when a code of it was given. */
export async function newSecret(): Promise<string> {
  const { SecretCode } = await callSignedIn<AssociateSoftwareTokenResponse>('AssociateSoftwareToken');
  return SecretCode as string;
}

/** Asks for a code at each sign-in from now on. */
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
