import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction } from './emulator.js';

const emulators = pairOfEmulators(['trigger_errors', 'sign_in_triggers']);

const Password = 'A-customers-password-1';

/** Creates a pool whose trigger fails with its trigger source and the user's address. */
const pool = (trigger: string) => ({
  Resources: {
    ...inlineFunction(
      `On${trigger}`,
      "exports.handler = async ({ triggerSource, request }) => { throw new Error(triggerSource + ' of ' + request.userAttributes.email) };",
    ),
    Pool: {
      Type: 'AWS::Cognito::UserPool',
      Properties: {
        UsernameAttributes: ['email'],
        LambdaConfig: { [trigger]: { 'Fn::GetAtt': [`On${trigger}`, 'Arn'] } },
      },
    },
    Client: {
      Type: 'AWS::Cognito::UserPoolClient',
      Properties: { UserPoolId: { Ref: 'Pool' }, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] },
    },
  },
  Outputs: { ClientId: { Value: { Ref: 'Client' } }, PoolId: { Value: { Ref: 'Pool' } } },
});

async function deployed(emulator: Emulator, trigger: string) {
  const { ClientId, PoolId } = await emulator.deploy(`Pool${trigger}`, pool(trigger));
  const client = new CognitoIdentityProviderClient(emulator.client);
  return { client, PoolId, ClientId: ClientId as string };
}

const user = (ClientId: string) => ({ ClientId, Username: 'ada@example.com', Password });

const message = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    ({ message }) => message,
  );

correction(
  emulators,
  'trigger_errors',
  'reports the message of a trigger that failed as Cognito does',
  async (emulator) => {
    const { client, ClientId } = await deployed(emulator, 'PreSignUp');
    return message(client.send(new SignUpCommand(user(ClientId))));
  },
  'PreSignUp failed with error PreSignUp_SignUp of ada@example.com.',
);

correction(
  emulators,
  'sign_in_triggers',
  'asks the triggers around confirmation and sign-in, each in its turn',
  async (emulator) => {
    const found: string[] = [];
    for (const trigger of ['PreAuthentication', 'PostConfirmation', 'PostAuthentication']) {
      const { client, PoolId, ClientId } = await deployed(emulator, trigger);
      const ada = user(ClientId);
      await client.send(new SignUpCommand(ada));
      const confirmed = new ConfirmSignUpCommand({ ...ada, ConfirmationCode: '123456' });
      found.push(await message(client.send(confirmed)));
      const AuthParameters = { USERNAME: ada.Username, PASSWORD: Password };
      const signIn = { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters } as const;
      found.push(await message(client.send(new InitiateAuthCommand(signIn))));
      await client.send(new ForgotPasswordCommand(ada));
      const renewed = new ConfirmForgotPasswordCommand({ ...ada, ConfirmationCode: '654321' });
      found.push(await message(client.send(renewed)));
      // Whom an administrator makes needs no confirmation.
      const made = new AdminCreateUserCommand({ UserPoolId: PoolId, Username: 'grace@example.com' });
      found.push(await message(client.send(made)));
    }
    return found;
  },
  [
    ['no error', 'PreAuthentication failed with error PreAuthentication_Authentication of ada@example.com.'],
    ['no error', 'no error'],
    ['PostConfirmation failed with error PostConfirmation_ConfirmSignUp of ada@example.com.', 'no error'],
    [
      'PostConfirmation failed with error PostConfirmation_ConfirmForgotPassword of ada@example.com.',
      'no error',
    ],
    [
      'no error',
      'PostAuthentication failed with error PostAuthentication_Authentication of ada@example.com.',
    ],
    ['no error', 'no error'],
  ].flat(),
);
