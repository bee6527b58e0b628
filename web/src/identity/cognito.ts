import type {
  AuthenticationResultType,
  InitiateAuthResponse,
  RespondToAuthChallengeResponse,
} from '@aws-sdk/client-cognito-identity-provider';
import { configuration } from '../configuration.js';
import { CognitoError, call } from './call.js';

export type Tokens = AuthenticationResultType;

/** Result of a correct password: tokens, or the challenge for a code of an authenticator app. */
export type SignInResponse =
  | { readonly tokens: Tokens }
  | {
      /** @throws CognitoError for a wrong code, after which the caller may try again */
      readonly confirm: (code: string) => Promise<Tokens>;
    };

/** Calls an action of the shop's app client, for which no user is signed in. */
async function callClient<Response>(
  action: string,
  input: object,
  messages?: Readonly<Record<string, string>>,
): Promise<Response> {
  const { users } = await configuration();
  return call<Response>(action, { ClientId: users.clientId, ...input }, messages);
}

export async function signUp(email: string, password: string): Promise<void> {
  await callClient('SignUp', {
    Username: email,
    Password: password,
    UserAttributes: [{ Name: 'email', Value: email }],
  });
}

export async function confirmSignUp(email: string, code: string): Promise<void> {
  await callClient('ConfirmSignUp', { Username: email, ConfirmationCode: code });
}

export async function resendCode(email: string): Promise<void> {
  await callClient('ResendConfirmationCode', { Username: email });
}

/** Requests a code for a new password. Cognito does not reveal whether the account exists. */
export async function forgotPassword(email: string): Promise<void> {
  await callClient('ForgotPassword', { Username: email });
}

export async function confirmForgotPassword(email: string, code: string, password: string): Promise<void> {
  await callClient('ConfirmForgotPassword', {
    Username: email,
    ConfirmationCode: code,
    Password: password,
  });
}

/** Signs in with SRP: Cognito verifies the password without receiving it. */
export async function signIn(email: string, password: string): Promise<SignInResponse> {
  const [{ users }, srp] = await Promise.all([configuration(), import('cognito-srp-helper')]);
  const session = srp.createSrpSession(email, password, users.userPoolId, false);
  const start = { AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME: email } } as const;
  const started = await callClient<InitiateAuthResponse>(
    'InitiateAuth',
    srp.wrapInitiateAuth(session, { ...start, ClientId: users.clientId }),
  );
  const USERNAME = started.ChallengeParameters?.USER_ID_FOR_SRP ?? email;
  const proof = { ChallengeName: 'PASSWORD_VERIFIER', ChallengeResponses: { USERNAME } } as const;
  const finished = await callClient<RespondToAuthChallengeResponse>(
    'RespondToAuthChallenge',
    srp.wrapAuthChallenge(srp.signSrpSession(session, started), { ...proof, ClientId: users.clientId }),
  );
  if (finished.ChallengeName !== 'SOFTWARE_TOKEN_MFA') return { tokens: tokensOf(finished) };
  return { confirm: (code) => confirmSecondFactor(USERNAME, finished.Session, code) };
}

async function confirmSecondFactor(
  USERNAME: string,
  Session: string | undefined,
  code: string,
): Promise<Tokens> {
  const challenge = {
    ChallengeName: 'SOFTWARE_TOKEN_MFA',
    ChallengeResponses: { USERNAME, SOFTWARE_TOKEN_MFA_CODE: code },
    Session,
  };
  return tokensOf(
    await callClient<RespondToAuthChallengeResponse>('RespondToAuthChallenge', challenge, {
      CodeMismatchException: 'This is not the code that the app shows now.',
      NotAuthorizedException: 'That took too long: please sign in again.',
    }),
  );
}

export async function refresh(refreshToken: string): Promise<Tokens> {
  const AuthParameters = { REFRESH_TOKEN: refreshToken };
  const response = await callClient<InitiateAuthResponse>('InitiateAuth', {
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters,
  });
  return { RefreshToken: refreshToken, ...tokensOf(response) };
}

/** Revokes the refresh token and all access tokens that it issued. */
export async function revoke(refreshToken: string): Promise<void> {
  await callClient('RevokeToken', { Token: refreshToken });
}

function tokensOf({ AuthenticationResult, ChallengeName }: InitiateAuthResponse): Tokens {
  if (AuthenticationResult) return AuthenticationResult;
  throw new CognitoError(
    String(ChallengeName),
    'This account requires a way to sign in that this shop does not support.',
  );
}
