import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Mfa } from 'aws-cdk-lib/aws-cognito';
import { Duration } from 'aws-cdk-lib/core';
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

  it('keeps the rest of its password policy when a part of it is changed', () => {
    directoryWith({
      userPool: { passwordPolicy: { minLength: 20, requireSymbols: false } },
    }).hasResourceProperties('AWS::Cognito::UserPool', {
      Policies: {
        PasswordPolicy: {
          MinimumLength: 20,
          RequireNumbers: true,
          RequireLowercase: true,
          RequireSymbols: false,
          RequireUppercase: true,
          TemporaryPasswordValidityDays: 3,
        },
      },
    });
  });

  it('has groups', () => {
    const template = directoryWith({ groups: ['admins', 'staff'] });
    template.resourceCountIs('AWS::Cognito::UserPoolGroup', 2);
    template.hasResourceProperties('AWS::Cognito::UserPoolGroup', { GroupName: 'admins' });
  });

  it('refuses groups that are no list: the letters of a text would be some', () => {
    expect(() => directoryWith({ groups: 'admins' as never })).toThrow(
      '`groups` must be a list, got "admins" (at Stack/Users)',
    );
  });

  it('refuses a group that is named twice', () => {
    expect(() => directoryWith({ groups: ['admins', 'staff', 'admins'] })).toThrow(
      '`groups` must be unique, got "admins" twice (at Stack/Users)',
    );
  });

  it.each(['the admins', 'staff,admins', '[admins]', ''])(
    'refuses the group "%s", which a claim cannot distinguish from others',
    (group) => {
      expect(() => directoryWith({ groups: [group] })).toThrow(
        `\`groups\` must be names of 1 to 128 characters without spaces, commas and brackets, got "${group}" (at Stack/Users)`,
      );
    },
  );

  it('keeps an e-mail address until its successor is verified', () => {
    directoryWith({}).hasResourceProperties('AWS::Cognito::UserPool', {
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    });
  });

  it.each<[string, UserDirectoryProps['userPool'], unknown[], string, unknown]>([
    [
      'a phone',
      { signInAliases: { phone: true } },
      ['phone_number'],
      'verified_phone_number',
      ['phone_number'],
    ],
    [
      'a verified phone',
      { autoVerify: { phone: true } },
      ['phone_number'],
      'verified_phone_number',
      ['phone_number'],
    ],
    [
      'an e-mail address or a phone',
      { signInAliases: { email: true, phone: true } },
      ['email', 'phone_number'],
      'verified_email',
      ['email', 'phone_number'],
    ],
    ['a name', { signInAliases: { username: true } }, ['email'], 'verified_email', ['email']],
  ])(
    'whose users sign in by %s recovers accounts by what it verifies',
    (_, userPool, verified, recovery, kept) => {
      directoryWith({ userPool }).hasResourceProperties('AWS::Cognito::UserPool', {
        AutoVerifiedAttributes: verified,
        AccountRecoverySetting: { RecoveryMechanisms: [{ Name: recovery, Priority: 1 }] },
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: kept },
      });
    },
  );

  it('without automatic verification requires none for a change', () => {
    directoryWith({ userPool: { autoVerify: {} } }).hasResourceProperties('AWS::Cognito::UserPool', {
      AutoVerifiedAttributes: [],
      UserAttributeUpdateSettings: Match.absent(),
    });
  });

  it('rejects an attribute that must be verified before a change, but that it does not verify', () => {
    expect(() => directoryWith({ userPool: { keepOriginal: { phone: true } } })).toThrow(
      '`userPool.keepOriginal.phone` requires `userPool.autoVerify.phone`, got false (at Stack/Users)',
    );
  });

  it('takes settings of OAuth for its client', () => {
    directoryWith({
      client: { oAuth: { callbackUrls: ['https://shop.example.com/'] } },
    }).hasResourceProperties('AWS::Cognito::UserPoolClient', { CallbackURLs: ['https://shop.example.com/'] });
  });

  it('is found by other stacks under its path', () => {
    directoryWith({ publishAs: '/shop/users/' }).hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/shop/users/user-pool-arn',
    });
    directoryWith({
      publishAs: '/shop/users',
      scopes: { stock: { read: 'Read' } },
      machines: { erp: { scopes: ['stock/read'] } },
      domainPrefix: 'shop',
    }).hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/shop/users/client-ids',
      Value: {
        'Fn::Join': [
          '',
          [{ Ref: Match.stringLikeRegexp('Client') }, ',', { Ref: Match.stringLikeRegexp('Machineerp') }],
        ],
      },
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

describe('tokens of a UserDirectory', () => {
  const scopes = { stock: { read: 'Read the stock', write: 'Change the stock' } };
  const machines = { erp: { scopes: ['stock/write'] } };

  it('may have the scopes of a resource server', () => {
    directoryWith({ scopes }).hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'stock',
      Scopes: [
        { ScopeName: 'read', ScopeDescription: 'Read the stock' },
        { ScopeName: 'write', ScopeDescription: 'Change the stock' },
      ],
    });
  });

  it('are issued to programs, with a secret and for their scopes only', () => {
    const template = directoryWith({ scopes, machines, domainPrefix: 'shop' });
    template.hasResourceProperties('AWS::Cognito::UserPoolDomain', { Domain: 'shop' });
    template.hasResource('AWS::Cognito::UserPoolClient', {
      Properties: {
        GenerateSecret: true,
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthScopes: ['stock/write'],
        AllowedOAuthFlowsUserPoolClient: true,
      },
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('UsersPoolDomain'),
        Match.stringLikeRegexp('stock'),
      ]),
    });
  });

  it('of programs have the validity of their client', () => {
    const erp = { ...machines.erp, accessTokenValidity: Duration.minutes(10) };
    directoryWith({ scopes, machines: { erp }, domainPrefix: 'shop' }).hasResourceProperties(
      'AWS::Cognito::UserPoolClient',
      { GenerateSecret: true, AccessTokenValidity: 10 },
    );
  });

  it('leave cdk-nag nothing to find', () => {
    const props = { scopes, machines, domainPrefix: 'shop' };
    expect(nagFindings((stack) => new UserDirectory(stack, 'Users', props))).toEqual([]);
  });

  it.each<[string, UserDirectoryProps, string]>([
    ['programs without an address', { scopes, machines }, '`domainPrefix` is required, because `machines`'],
    [
      'a scope that is not there',
      { scopes, machines: { erp: { scopes: ['stock/count'] } }, domainPrefix: 'shop' },
      '`machines.erp.scopes` must be of stock/read, stock/write, got "stock/count" (at Stack/Users)',
    ],
    [
      'a program without scopes',
      { scopes, machines: { erp: { scopes: [] } }, domainPrefix: 'shop' },
      '`machines.erp.scopes` must name a scope, got none',
    ],
    ['a scope with a space', { scopes: { stock: { 'a b': '' } } }, 'without spaces and slashes, got "a b"'],
    ['no scopes', { scopes: { stock: {} } }, '`scopes.stock` must have a scope, got none'],
    ['a resource server with a space', { scopes: { 'a b': { x: '' } } }, 'named like products, got "a b"'],
    ['a reserved word in the address', { domainPrefix: 'my-cognito' }, '`domainPrefix` must be 1 to 63'],
  ])('are refused with %s', (_what, props, message) => {
    expect(() => directoryWith(props)).toThrow(message);
  });
});
