import type {
  Context,
  CreateAuthChallengeTriggerEvent,
  CustomMessageTriggerEvent,
  DefineAuthChallengeTriggerEvent,
  PostAuthenticationTriggerEvent,
  PostConfirmationTriggerEvent,
  PreAuthenticationTriggerEvent,
  PreSignUpTriggerEvent,
  PreTokenGenerationV2TriggerEvent,
  UserMigrationTriggerEvent,
  VerifyAuthChallengeResponseTriggerEvent,
} from 'aws-lambda';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { type Clients, connection, type Needs } from '../needs/need.js';
import { OWN_USERS } from '../own-users.js';

/**
 * The moments at which Cognito asks a function, and what it asks with.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export interface TriggerEvents {
  /** Somebody signs up, is made by an administrator, or comes from another provider for the first time. */
  readonly preSignUp: PreSignUpTriggerEvent;
  /** Somebody has confirmed to be there, or has a new password. The user is confirmed whatever comes of it. */
  readonly postConfirmation: PostConfirmationTriggerEvent;
  /** Somebody is about to sign in. */
  readonly preAuthentication: PreAuthenticationTriggerEvent;
  /** Somebody has signed in. */
  readonly postAuthentication: PostAuthenticationTriggerEvent;
  /** Tokens are about to be issued: the answer changes their claims, groups and scopes. */
  readonly preTokenGeneration: PreTokenGenerationV2TriggerEvent;
  /** A message is about to be sent. */
  readonly customMessage: CustomMessageTriggerEvent;
  /** Somebody unknown signs in, or has forgotten the password: the answer is the user of another directory. */
  readonly userMigration: UserMigrationTriggerEvent;
  readonly defineAuthChallenge: DefineAuthChallengeTriggerEvent;
  readonly createAuthChallenge: CreateAuthChallengeTriggerEvent;
  readonly verifyAuthChallengeResponse: VerifyAuthChallengeResponseTriggerEvent;
}

export type TriggerName = keyof TriggerEvents;

/** What a trigger may answer: parts of the event's `response`; what it leaves out stays as Cognito has it. */
export type TriggerResponse<T extends TriggerName> = Partial<TriggerEvents[T]['response']>;

/** The Lambda handler of a trigger. */
export interface TriggerHandler<T extends TriggerName, N extends Needs> {
  (event: TriggerEvents[T], context: Context): Promise<TriggerEvents[T]>;
  /** By which trigger it is to be called. */
  readonly trigger: T;
  readonly needs: N;
  /** The same handler with clients of your own, for unit tests. */
  with(clients: Clients<N>): (event: TriggerEvents[T], context?: Context) => Promise<TriggerEvents[T]>;
}

/** A trigger refuses what the user is about to do. The user gets to read the message. */
export class UserRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UserRefusedError';
  }
}

/**
 * Implements a trigger of a user pool: what happens when somebody signs up or signs in.
 *
 * It answers parts of the event's `response`, or nothing. A `UserRefusedError` refuses, and Cognito shows its message to
 * the user ("PreSignUp failed with error ..."). With any other error the user is refused, too, and reads nothing of it:
 * it is logged.
 *
 * Cognito waits for five seconds and asks three times at most, so the work must bear being started over. A need of users
 * that nothing is bound to is the pool itself.
 *
 * @param name the trigger, a literal: the construct that deploys the handler reads it from the source
 * @param needs an object literal, for the same reason
 * @example
 * import { trigger, UserRefusedError } from 'cdk-trellis/runtime';
 *
 * export const handler = trigger('preSignUp', {}, async ({ request }) => {
 *   if (!request.userAttributes.email?.endsWith('@example.com')) {
 *     throw new UserRefusedError('Sign up with your address at example.com');
 *   }
 *   return { autoConfirmUser: false };
 * });
 */
export function trigger<T extends TriggerName, const N extends Needs>(
  name: T,
  needs: N,
  // biome-ignore lint/suspicious/noConfusingVoidType: most triggers have nothing to answer.
  run: (event: TriggerEvents[T], clients: Clients<N>, context: Context) => Promise<TriggerResponse<T> | void>,
): TriggerHandler<T, N> {
  const connected = connection(needs);

  async function answer(event: TriggerEvents[T], context: Context, clients: Clients<N>) {
    try {
      const changes = await run(event, ofPool(clients, event.userPoolId), context);
      return { ...event, response: { ...event.response, ...changes } };
    } catch (error) {
      if (error instanceof UserRefusedError) throw error;
      logger().error('The trigger failed', { error: error as Error, trigger: event.triggerSource });
      throw new Error('Something went wrong, please try again');
    }
  }

  const answered = (event: TriggerEvents[T], context: Context, clients: Clients<N>) =>
    invoked(context, context.awsRequestId, () => answer(event, context, clients));

  return Object.assign((event: TriggerEvents[T], context: Context) => answered(event, context, connected()), {
    trigger: name,
    needs,
    with: (own: Clients<N>) => (event: TriggerEvents[T], context?: Context) =>
      answered(event, context ?? ({} as Context), own),
  });
}

/** The clients, with those of the pool's own users knowing its id. */
function ofPool<N extends Needs>(clients: Clients<N>, userPoolId: string): Clients<N> {
  const entries = Object.entries<{ readonly userPoolId?: string }>(clients as never);
  return Object.fromEntries(
    entries.map(([name, client]) => [
      name,
      client?.userPoolId === OWN_USERS ? { ...client, userPoolId } : client,
    ]),
  ) as Clients<N>;
}
