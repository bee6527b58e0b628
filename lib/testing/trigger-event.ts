import type { TriggerEvents, TriggerName } from '../runtime/handlers/trigger.js';
import { REGION } from './lambda-context.js';

/** Options of `triggerEvent`. */
export interface TriggerEventOptions<T extends TriggerName> {
  /** Trigger source, for example `PreSignUp_AdminCreateUser`. @default - a user signs up, confirms or signs in */
  readonly source?: TriggerEvents[T]['triggerSource'];
  /** Attributes of the user in the user pool. @default - a sub and an e-mail address */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Additional parts of the event's `request`. @default - the parts that Cognito always sends */
  readonly request?: Partial<TriggerEvents[T]['request']>;
  /** @default 'us-east-1_test' */
  readonly userPoolId?: string;
}

const SUB = '11111111-1111-4111-8111-111111111111';

type Defaults<T extends TriggerName> = {
  readonly source: TriggerEvents[T]['triggerSource'];
  readonly request: Omit<TriggerEvents[T]['request'], 'userAttributes'>;
  readonly response: TriggerEvents[T]['response'];
};

const DEFAULTS: { readonly [T in TriggerName]: Defaults<T> } = {
  preSignUp: {
    source: 'PreSignUp_SignUp',
    request: {},
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  },
  postConfirmation: { source: 'PostConfirmation_ConfirmSignUp', request: {}, response: {} },
  preAuthentication: { source: 'PreAuthentication_Authentication', request: {}, response: {} },
  postAuthentication: {
    source: 'PostAuthentication_Authentication',
    request: { newDeviceUsed: false },
    response: {},
  },
  preTokenGeneration: {
    source: 'TokenGeneration_Authentication',
    request: {
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [] },
      scopes: ['aws.cognito.signin.user.admin'],
    },
    response: { claimsAndScopeOverrideDetails: {} },
  },
  customMessage: {
    source: 'CustomMessage_SignUp',
    request: { codeParameter: '{####}', linkParameter: '{##Click Here##}', usernameParameter: null },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  },
  userMigration: {
    source: 'UserMigration_Authentication',
    request: { password: 'secret' },
    response: { userAttributes: {}, desiredDeliveryMediums: [] },
  },
  defineAuthChallenge: {
    source: 'DefineAuthChallenge_Authentication',
    request: { session: [] },
    response: { failAuthentication: false, issueTokens: false },
  },
  createAuthChallenge: {
    source: 'CreateAuthChallenge_Authentication',
    request: { challengeName: 'CUSTOM_CHALLENGE', session: [] },
    response: { publicChallengeParameters: {}, privateChallengeParameters: {}, challengeMetadata: '' },
  },
  verifyAuthChallengeResponse: {
    source: 'VerifyAuthChallengeResponse_Authentication',
    request: { privateChallengeParameters: {}, challengeAnswer: '' },
    response: { answerCorrect: false },
  },
};

/**
 * Creates the event of a user pool trigger.
 *
 * @example
 * import { triggerEvent } from 'cdk-trellis/testing';
 *
 * const event = triggerEvent('preSignUp', { attributes: { email: 'ada@example.com' } });
 */
export function triggerEvent<T extends TriggerName>(
  trigger: T,
  options: TriggerEventOptions<T> = {},
): TriggerEvents[T] {
  const { source, request, response }: Defaults<TriggerName> = DEFAULTS[trigger];
  const { userPoolId = `${REGION}_test`, attributes = { sub: SUB, email: 'user@example.com' } } = options;
  return {
    version: trigger === 'preTokenGeneration' ? '2' : '1',
    region: REGION,
    userPoolId,
    userName: attributes.sub ?? SUB,
    triggerSource: options.source ?? source,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'test' },
    request: {
      // The user pool has no attributes of a user before the migration.
      ...(trigger !== 'userMigration' && { userAttributes: { ...attributes } }),
      ...structuredClone(request),
      ...options.request,
    },
    response: structuredClone(response),
  } as unknown as TriggerEvents[T];
}
