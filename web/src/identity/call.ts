import { configuration } from '../configuration.js';

/**
 * Calls an unsigned action of Amazon Cognito with its JSON protocol over fetch. The SDK's client would be several times
 * the size of the rest of the site.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
 *
 * @param messages messages of this action by error name, which override the default ones
 */
export async function call<Response>(
  action: string,
  input: object,
  messages: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { users } = await configuration();
  const response = await fetch(users.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(input),
  });
  const body = await response.json();
  if (response.ok) return body;
  const name = String(body.__type).split('#').pop()!;
  const message = messages[name] ?? MESSAGES[name] ?? body.message;
  throw new CognitoError(name, message ?? 'Signing in is not possible at the moment.');
}

/** An error of Cognito, with a message for the user. */
export class CognitoError extends Error {
  constructor(
    /** The name of Cognito's error, as in `NotAuthorizedException`. */
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'CognitoError';
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  CodeMismatchException: 'This is not the code that was sent.',
  ExpiredCodeException: 'The code has expired. Please request a new one.',
  InvalidPasswordException:
    'The password must have 12 characters or more, with upper and lower case, a digit and a symbol.',
  LimitExceededException: 'That was tried too often. Please wait a few minutes.',
  NotAuthorizedException: 'E-mail address or password is wrong.',
  TooManyRequestsException: 'That was tried too often. Please wait a few minutes.',
  UsernameExistsException: 'An account with this e-mail address already exists. Please sign in.',
};
