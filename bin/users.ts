import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from 'cognito-srp-helper';

export interface Directory {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly clientId: string;
}

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly groups?: readonly string[];
}

/** Creates a confirmed user without sending an e-mail; an existing user gets the password and groups. */
export async function ensureUser({ client, userPoolId }: Directory, person: Person): Promise<void> {
  const user = { UserPoolId: userPoolId, Username: person.email };
  try {
    await client.send(
      new AdminCreateUserCommand({
        ...user,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: person.email },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
  await client.send(new AdminSetUserPasswordCommand({ ...user, Password: person.password, Permanent: true }));
  for (const GroupName of person.groups ?? []) {
    await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName }));
  }
}

/** Signs in by SRP, as a browser does: the password never leaves this process. */
export async function signIn(
  { client, userPoolId, clientId }: Directory,
  { email, password }: Person,
): Promise<{ readonly accessToken: string; readonly idToken: string }> {
  const session = createSrpSession(email, password, userPoolId, false);
  const started = await client.send(
    new InitiateAuthCommand(
      wrapInitiateAuth(session, {
        ClientId: clientId,
        AuthFlow: 'USER_SRP_AUTH',
        AuthParameters: { CHALLENGE_NAME: 'SRP_A', USERNAME: email },
      }),
    ),
  );
  const finished = await client.send(
    new RespondToAuthChallengeCommand(
      wrapAuthChallenge(signSrpSession(session, started), {
        ClientId: clientId,
        ChallengeName: 'PASSWORD_VERIFIER',
        ChallengeResponses: { USERNAME: email },
      }),
    ),
  );
  const { AccessToken, IdToken } = finished.AuthenticationResult ?? {};
  if (!AccessToken || !IdToken) {
    throw new Error(`Expected tokens for ${email}, got the challenge ${finished.ChallengeName}`);
  }
  return { accessToken: AccessToken, idToken: IdToken };
}
