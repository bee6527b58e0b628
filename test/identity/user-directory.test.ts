import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Mfa } from 'aws-cdk-lib/aws-cognito';
import { UserDirectory, type UserDirectoryProps } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack, stableTemplate } from '../support/template.js';

function directoryWith(props: UserDirectoryProps, context = {}) {
  const stack = newStack(context);
  new UserDirectory(stack, 'Users', props);
  return Template.fromStack(stack);
}

describe('UserDirectory', () => {
  it('has strong passwords, a second factor, SRP without a client secret, and is kept', () => {
    const stack = newStack();
    new UserDirectory(stack, 'Users');
    expect(stableTemplate(stack)).toMatchSnapshot();
  });

  it('leaves cdk-nag nothing to find', () => {
    expect(
      nagFindings((stack) => new UserDirectory(stack, 'Users', { groups: ['admins'], publishAs: '/u' })),
    ).toEqual([]);
  });

  it('keeps its logical id: another one would lose the users', () => {
    expect(Object.keys(directoryWith({}).findResources('AWS::Cognito::UserPool'))).toEqual([
      'UsersPoolBFC35D3B',
    ]);
  });

  it('goes with its stack when the app is ephemeral', () => {
    directoryWith({}, { 'trellis:ephemeral': true }).hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtection: 'INACTIVE' },
    });
  });

  it('has groups', () => {
    const template = directoryWith({ groups: ['admins', 'staff'] });
    template.resourceCountIs('AWS::Cognito::UserPoolGroup', 2);
    template.hasResourceProperties('AWS::Cognito::UserPoolGroup', { GroupName: 'admins' });
  });

  it.each(['the admins', 'staff,admins', '[admins]', ''])(
    'refuses the group "%s", which cannot be told from others in a claim',
    (group) => {
      expect(() => directoryWith({ groups: [group] })).toThrow(
        `\`groups\` must be 1 to 128 characters without spaces, commas and brackets each, got "${group}" (at Stack/Users)`,
      );
    },
  );

  it('keeps an e-mail address until its successor is verified', () => {
    directoryWith({}).hasResourceProperties('AWS::Cognito::UserPool', {
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    });
  });

  it('is found by other stacks under its path', () => {
    directoryWith({ publishAs: '/shop/users/' }).hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/shop/users/user-pool-arn',
    });
    const other = newStack();
    const found = UserDirectory.fromPublished(other, 'Users', '/shop/users');
    expect(found.clientIds).toHaveLength(1);
    Template.fromStack(other).hasParameter('*', {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/shop/users/user-pool-arn',
    });
  });

  it("lets the user's properties win, and warns of a risky one", () => {
    const stack = newStack();
    new UserDirectory(stack, 'Users', {
      userPool: { mfa: Mfa.OFF },
      client: { authFlows: { custom: true } },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Cognito::UserPool', { MfaConfiguration: 'OFF' });
    Template.fromStack(stack).hasResourceProperties('AWS::Cognito::UserPoolClient', {
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    });
    Annotations.fromStack(stack).hasWarning('/Stack/Users', Match.stringLikeRegexp('second factor'));
  });
});
