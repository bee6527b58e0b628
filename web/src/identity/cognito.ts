import type {
  AuthenticationResultType,
  InitiateAuthResponse,
  RespondToAuthChallengeResponse,
} from '@aws-sdk/client-cognito-identity-provider';
import { configuration } from '../configuration.js';

/**
 * The few calls of Amazon Cognito that a browser makes, none of which is signed: its JSON protocol over fetch. The SDK's
 * client would be several times the size of the rest of the site.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
 */
async function call<Answer>(action: string, input: object): Promise<Answer> {
  const { users } = await configuration();
  const response = await fetch(users.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify({ ClientId: users.clientId, ...input }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const name = String(answer.__type).split('#').pop()!;
  throw new CognitoError(name, MESSAGES[name] ?? answer.message ?? 'Signing in does not work at the moment.');
}

/** A refusal, with a message for the person who signs in. */
export class CognitoError extends Error {
  constructor(
    /** As Cognito names it: `NotAuthorizedException`. */
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'CognitoError';
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  CodeMismatchException: 'This is not the code that was sent.',
  ExpiredCodeException: 'The code is no longer good: have a new one sent.',
  InvalidPasswordException:
    'The password must have 12 characters or more, with upper and lower case, a digit and a symbol.',
  LimitExceededException: 'That was tried too often. Please wait a few minutes.',
  NotAuthorizedException: 'E-mail address or password is wrong.',
  TooManyRequestsException: 'That was tried too often. Please wait a few minutes.',
  UsernameExistsException: 'There is an account with this e-mail address already: sign in.',
};

export type Tokens = AuthenticationResultType;

export async function signUp(email: string, password: string): Promise<void> {
  await call('SignUp', {
    Username: email,
    Password: password,
    UserAttributes: [{ Name: 'email', Value: email }],
  });
}

export async function confirmSignUp(email: string, code: string): Promise<void> {
  await call('ConfirmSignUp', { Username: email, ConfirmationCode: code });
}

export async function resendCode(email: string): Promise<void> {
  await call('ResendConfirmationCode', { Username: email });
}

/** Signs in by SRP: Cognito learns that the password is right, and never the password. */
export async function signIn(email: string, password: string): Promise<Tokens> {
  const [{ users }, srp] = await Promise.all([configuration(), import('cognito-srp-helper')]);
  const session = srp.createSrpSession(email, password, users.userPoolId, false);
  const start = { AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME: email } } as const;
  const started = await call<InitiateAuthResponse>(
    'InitiateAuth',
    srp.wrapInitiateAuth(session, { ...start, ClientId: users.clientId }),
  );
  const USERNAME = started.ChallengeParameters?.USER_ID_FOR_SRP ?? email;
  const proof = { ChallengeName: 'PASSWORD_VERIFIER', ChallengeResponses: { USERNAME } } as const;
  const finished = await call<RespondToAuthChallengeResponse>(
    'RespondToAuthChallenge',
    srp.wrapAuthChallenge(srp.signSrpSession(session, started), { ...proof, ClientId: users.clientId }),
  );
  return tokensOf(finished);
}

export async function refresh(refreshToken: string): Promise<Tokens> {
  const AuthParameters = { REFRESH_TOKEN: refreshToken };
  const answer = await call<InitiateAuthResponse>('InitiateAuth', {
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters,
  });
  return { RefreshToken: refreshToken, ...tokensOf(answer) };
}

/** The refresh token, and all access tokens that came of it, are good for nothing from now on. */
export async function revoke(refreshToken: string): Promise<void> {
  await call('RevokeToken', { Token: refreshToken });
}

function tokensOf({ AuthenticationResult, ChallengeName }: InitiateAuthResponse): Tokens {
  if (AuthenticationResult) return AuthenticationResult;
  throw new CognitoError(
    String(ChallengeName),
    'This account asks for more than a password, which this shop does not offer.',
  );
}
