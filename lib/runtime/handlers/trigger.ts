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
import { EVENT_USER_POOL } from '../event-user-pool.js';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

/**
 * Events of the triggers of a user pool.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export interface TriggerEvents {
  /** Before a sign-up, the creation by an administrator, or the first sign-in through an external provider. */
  readonly preSignUp: PreSignUpTriggerEvent;
  /** After the confirmation of a sign-up or a new password. The user stays confirmed if the handler fails. */
  readonly postConfirmation: PostConfirmationTriggerEvent;
  /** Before a sign-in. */
  readonly preAuthentication: PreAuthenticationTriggerEvent;
  /** After a sign-in. */
  readonly postAuthentication: PostAuthenticationTriggerEvent;
  /** Before tokens are issued: the response changes their claims, groups and scopes. */
  readonly preTokenGeneration: PreTokenGenerationV2TriggerEvent;
  /** Before a message is sent. */
  readonly customMessage: CustomMessageTriggerEvent;
  /** Sign-in or forgotten password of an unknown user: the response is the user of another directory. */
  readonly userMigration: UserMigrationTriggerEvent;
  readonly defineAuthChallenge: DefineAuthChallengeTriggerEvent;
  readonly createAuthChallenge: CreateAuthChallengeTriggerEvent;
  readonly verifyAuthChallengeResponse: VerifyAuthChallengeResponseTriggerEvent;
}

export type TriggerName = keyof TriggerEvents;

/** Response of a trigger: parts of the event's `response`; omitted parts keep Cognito's values. */
export type TriggerResponse<T extends TriggerName> = Partial<TriggerEvents[T]['response']>;

/** The Lambda handler of a trigger. */
export interface TriggerHandler<T extends TriggerName, N extends Needs> {
  (event: TriggerEvents[T], context: Context): Promise<TriggerEvents[T]>;
  /** Name of the trigger that invokes it. */
  readonly trigger: T;
  readonly needs: N;
  /** Returns the handler with the given clients, for unit tests. */
  with(clients: Clients<N>): (event: TriggerEvents[T], context?: Context) => Promise<TriggerEvents[T]>;
}

/** Error with which a trigger rejects the user's action. Cognito shows its message to the user. */
export class UserRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UserRefusedError';
  }
}

/**
 * Implements a trigger of a user pool, such as a sign-up or a sign-in.
 *
 * It returns parts of the event's `response`, or nothing. A `UserRefusedError` rejects the user's action, and Cognito
 * shows its message to the user ("PreSignUp failed with error ..."). Any other error rejects it, too: it is logged, and
 * the user sees a general message.
 *
 * Cognito waits five seconds and calls at most three times, so the work must be safe to repeat. An unbound `users` need
 * is the pool itself.
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
  // biome-ignore lint/suspicious/noConfusingVoidType: most triggers return nothing.
  run: (event: TriggerEvents[T], clients: Clients<N>, context: Context) => Promise<TriggerResponse<T> | void>,
): TriggerHandler<T, N> {
  const connected = connection(needs);

  async function respond(event: TriggerEvents[T], context: Context, clients: () => Clients<N>) {
    try {
      const changes = await run(event, ofPool(clients(), event.userPoolId), context);
      return { ...event, response: { ...event.response, ...changes } };
    } catch (error) {
      if (error instanceof UserRefusedError) throw error;
      logger().error('The trigger failed', { error: error as Error, trigger: event.triggerSource });
      throw new Error('Something went wrong, please try again');
    }
  }

  const invoke = (event: TriggerEvents[T], context: Context, clients: () => Clients<N>) =>
    invoked(context, context.awsRequestId, () => respond(event, context, clients));

  return Object.assign((event: TriggerEvents[T], context: Context) => invoke(event, context, connected), {
    trigger: name,
    needs,
    with: (clients: Clients<N>) => (event: TriggerEvents[T], context?: Context) =>
      invoke(event, context ?? ({} as Context), () => clients),
  });
}

/** Returns the clients; those of the pool's own users get its id. */
function ofPool<N extends Needs>(clients: Clients<N>, userPoolId: string): Clients<N> {
  const entries = Object.entries<{ readonly userPoolId?: string }>(clients as never);
  return Object.fromEntries(
    entries.map(([name, client]) => [
      name,
      client?.userPoolId === EVENT_USER_POOL ? { ...client, userPoolId } : client,
    ]),
  ) as Clients<N>;
}
