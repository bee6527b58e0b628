import { configuration } from '../configuration.js';

/**
 * The few calls of Amazon Cognito that a browser makes, none of which is signed: its JSON protocol over fetch. The SDK's
 * client would be several times the size of the rest of the site.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
 *
 * @param messages what this call's refusals mean, where it is not what they usually do
 */
export async function call<Answer>(
  action: string,
  input: object,
  messages: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { users } = await configuration();
  const response = await fetch(users.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(input),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const name = String(answer.__type).split('#').pop()!;
  const message = messages[name] ?? MESSAGES[name] ?? answer.message;
  throw new CognitoError(name, message ?? 'Signing in does not work at the moment.');
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
