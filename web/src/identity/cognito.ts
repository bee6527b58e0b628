import type {
  AuthenticationResultType,
  InitiateAuthResponse,
  RespondToAuthChallengeResponse,
} from '@aws-sdk/client-cognito-identity-provider';
import { configuration } from '../configuration.js';
import { CognitoError, call } from './call.js';

export type Tokens = AuthenticationResultType;

/** What follows a right password: tokens, or the question for the code of an authenticator app. */
export type SignInResponse =
  | { readonly tokens: Tokens }
  | {
      /** @throws CognitoError when the code is wrong; it may be tried again */
      readonly confirm: (code: string) => Promise<Tokens>;
    };

/** Calls of the shop's app client: of people who are not signed in. */
async function callClient<Answer>(
  action: string,
  input: object,
  messages?: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { users } = await configuration();
  return call<Answer>(action, { ClientId: users.clientId, ...input }, messages);
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

/** Has a code sent by which a new password can be set; whether there is such an account is not told. */
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

/** Signs in by SRP: Cognito learns that the password is right, and never the password. */
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
  const answer = {
    ChallengeName: 'SOFTWARE_TOKEN_MFA',
    ChallengeResponses: { USERNAME, SOFTWARE_TOKEN_MFA_CODE: code },
    Session,
  };
  return tokensOf(
    await callClient<RespondToAuthChallengeResponse>('RespondToAuthChallenge', answer, {
      CodeMismatchException: 'This is not the code that the app shows now.',
      NotAuthorizedException: 'That took too long: please sign in again.',
    }),
  );
}

export async function refresh(refreshToken: string): Promise<Tokens> {
  const AuthParameters = { REFRESH_TOKEN: refreshToken };
  const answer = await callClient<InitiateAuthResponse>('InitiateAuth', {
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters,
  });
  return { RefreshToken: refreshToken, ...tokensOf(answer) };
}

/** The refresh token, and all access tokens that came of it, are good for nothing from now on. */
export async function revoke(refreshToken: string): Promise<void> {
  await callClient('RevokeToken', { Token: refreshToken });
}

function tokensOf({ AuthenticationResult, ChallengeName }: InitiateAuthResponse): Tokens {
  if (AuthenticationResult) return AuthenticationResult;
  throw new CognitoError(
    String(ChallengeName),
    'This account asks for more than a password, which this shop does not offer.',
  );
}
