import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { FeaturePlan } from 'aws-cdk-lib/aws-cognito';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { UserDirectory } from 'cdk-trellis';
import { liveArn } from '../support/live.js';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';

const preSignUp = () => import('./handlers/pre-sign-up.js');
const postConfirmation = () => import('./handlers/post-confirmation.js');
const preTokenGeneration = () => import('./handlers/pre-token-generation.js');

function template(build: (stack: Stack) => void): Template {
  const stack = newStack();
  build(stack);
  return Template.fromStack(stack);
}

/** Creates triggers that only the compiler rejects. */
const unchecked = (triggers: object, more = {}) =>
  template((stack) => new UserDirectory(stack, 'Users', { triggers, ...more } as never));

describe('triggers of a UserDirectory', () => {
  it('are functions that the pool alone may ask, and have five seconds', () => {
    const made = template(
      (stack) => new UserDirectory(stack, 'Users', { triggers: { preSignUp }, bind: { domain: 'x.org' } }),
    );
    const fn = liveArn('PreSignUp');
    made.hasResourceProperties('AWS::Cognito::UserPool', { LambdaConfig: { PreSignUp: fn } });
    made.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 5,
      Environment: { Variables: Match.objectLike({ DOMAIN_TEXT: 'x.org' }) },
    });
    made.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: fn,
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('UsersPool'), 'Arn'] },
    });
  });

  it('change access tokens, too, where they change tokens', () => {
    template(
      (stack) => new UserDirectory(stack, 'Users', { triggers: { preTokenGeneration } }),
    ).hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0' } },
    });
  });

  it('may use the pool itself, by a policy that waits for it', () => {
    const made = template((stack) => new UserDirectory(stack, 'Users', { triggers: { postConfirmation } }));
    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: Match.arrayWith(['cognito-idp:AdminAddUserToGroup']),
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('UsersPool'), 'Arn'] },
          },
        ],
      },
    });
    made.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MEMBERS_USERS: 'the pool of the event' }) },
    });
  });

  it('may use another directory that is bound', () => {
    const made = template((stack) => {
      const members = new UserDirectory(stack, 'Others');
      new UserDirectory(stack, 'Users', { triggers: { postConfirmation }, bind: { members } });
    });
    made.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ MEMBERS_USERS: { Ref: Match.stringLikeRegexp('OthersPool') } }),
      },
    });
    made.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('have properties of their own, and are within reach', () => {
    const made = template((stack) => {
      const { triggers } = new UserDirectory(stack, 'Users', {
        triggers: { preSignUp: { handler: preSignUp, memorySize: 1024, timeout: Duration.seconds(3) } },
        bind: { domain: 'x.org' },
      });
      triggers.preSignUp.addEnvironment('MORE', 'yes');
    });
    made.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 1024,
      Timeout: 3,
      Environment: { Variables: Match.objectLike({ MORE: 'yes' }) },
    });
  });

  it('leave cdk-nag nothing to find', () => {
    const triggers = { preSignUp, postConfirmation, preTokenGeneration };
    const build = (stack: Stack) =>
      new UserDirectory(stack, 'Users', { triggers, bind: { domain: 'x.org' }, groups: ['members'] });
    expect(nagFindings(build)).toEqual([]);
  });

  it('warn of a binding that none of them needs', () => {
    const stack = newStack();
    new UserDirectory(stack, 'Users', { triggers: { preTokenGeneration }, bind: { domian: 'x.org' } });
    Annotations.fromStack(stack).hasWarning('/Stack/Users', Match.stringLikeRegexp('domian'));
  });

  it('may be plain handlers', () => {
    template(
      (stack) =>
        new UserDirectory(stack, 'Users', { triggers: { preSignUp: () => import('./handlers/plain.js') } }),
    ).resourceCountIs('AWS::Lambda::Function', 1);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a module for another trigger',
      () => unchecked({ postConfirmation: preSignUp }, { bind: { domain: 'x.org' } }),
      "`triggers.postConfirmation` must be a module that calls `trigger('postConfirmation', ...)`, or a plain one, got one made with `trigger('preSignUp', ...)` in test/identity/handlers/pre-sign-up.ts (at Stack/Users/Triggers)",
    ],
    [
      'a module for something else',
      () => unchecked({ preSignUp: () => import('./handlers/job.js') }),
      'or a plain one, got one made with `job` in test/identity/handlers/job.ts',
    ],
    [
      'a trigger that is computed',
      () => unchecked({ preSignUp: () => import('./handlers/computed.js') }),
      'got one made with `trigger(..., ...)` in test/identity/handlers/computed.ts',
    ],
    [
      'a trigger that there is not',
      () => unchecked({ preSignup: preSignUp }),
      '`triggers` must be of preSignUp, postConfirmation, preAuthentication',
    ],
    [
      'more time than Cognito waits',
      () => unchecked({ preTokenGeneration: { handler: preTokenGeneration, timeout: Duration.seconds(6) } }),
      '`triggers.preTokenGeneration.timeout` must be at most 5 seconds, for Cognito waits no longer, got 6 seconds (at Stack/Users/Triggers)',
    ],
    [
      'a need that is not bound',
      () => unchecked({ preSignUp }),
      '`bind` must have domain: the handler needs `domain: text()`',
    ],
    [
      'changes of access tokens on the Lite plan',
      () => unchecked({ preTokenGeneration }, { featurePlan: FeaturePlan.LITE }),
      '`triggers.preTokenGeneration` requires the Essentials or Plus plan, because it changes access tokens, got LITE',
    ],
    [
      'no module',
      () => unchecked({ preSignUp: { handler: './pre-sign-up.js' } }),
      '`handler` must be a function',
    ],
  ])('are refused with %s', (_what, build, message) => {
    expect(build).toThrow(message);
  });
});
