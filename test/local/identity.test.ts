import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { LOCAL_CODE, localClientConfig } from '../../bin/local-storefront.js';
import { signIn } from '../../bin/users.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';

const password = 'A-customers-password-1';
let cloud: LocalCloud;
let stateDir: string;
let client: CognitoIdentityProviderClient;
let ids: { readonly ClientId: string; readonly PoolId: string };

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'trellis-identity-'));
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'identity'), port: 0, stateDir });
  const { outputs } = await cloud.deploy();
  ids = outputs.Identity as typeof ids;
  client = new CognitoIdentityProviderClient(localClientConfig(cloud));
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const signUp = (email: string) =>
  client.send(
    new SignUpCommand({
      ClientId: ids.ClientId,
      Username: email,
      Password: password,
      UserAttributes: [{ Name: 'email', Value: email }],
    }),
  );

const refusal = (email: string) => signUp(email).catch(({ name, message }) => `${name}: ${message}`);

async function confirm(email: string): Promise<void> {
  const user = { ClientId: ids.ClientId, Username: email };
  await client.send(new ConfirmSignUpCommand({ ...user, ConfirmationCode: LOCAL_CODE }));
}

it('a pre sign-up trigger refuses a domain, and the user reads why', async () => {
  expect(await refusal('ada@other.org')).toBe(
    'UserLambdaValidationException: PreSignUp failed with error Only addresses of example.com may sign up.',
  );
});

it('of a pre sign-up trigger that throws the user reads nothing, and is refused', async () => {
  expect(await refusal('broken@example.com')).toBe(
    'UserLambdaValidationException: PreSignUp failed with error Something went wrong, please try again.',
  );
});

it('a pre sign-up trigger confirms whom it trusts, and leaves others to their code', async () => {
  expect(await signUp('trusted@example.com')).toMatchObject({ UserConfirmed: true });
  expect(await signUp('grace@example.com')).toMatchObject({ UserConfirmed: false });
});

it('a post confirmation trigger puts a new user into a group of its own pool, and tokens have the claims that a trigger adds', async () => {
  await signUp('ada@example.com');
  await confirm('ada@example.com');
  const directory = { client, userPoolId: ids.PoolId, clientId: ids.ClientId };
  const { accessToken } = await signIn(directory, { email: 'ada@example.com', password });
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString());
  expect(claims).toMatchObject({ 'cognito:groups': ['members'], shop: 'example.com' });
});

it('no call of the triggers was denied', async () => {
  expect(cloud.denials()).toEqual([]);
});
