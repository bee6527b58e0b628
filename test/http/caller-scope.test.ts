import { callerScope } from '../../lib/http/caller-scope.js';

const partners = { authorizer: 'partners' } as const;
const caller = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ann', userId: 'AIDA1' };

describe('an idempotency key belongs', () => {
  it.each([
    ['to a user', { auth: 'user' }, { claims: { sub: 'user-1', client_id: 'web' } }, 'user:user-1'],
    ['to a member of a group', { auth: { group: 'admins' } }, { claims: { sub: 'user-1' } }, 'user:user-1'],
    ['to a machine', { auth: { scopes: ['a/b'] } }, { claims: { sub: 'client-1' } }, 'user:client-1'],
    ['to AWS credentials', { auth: 'iam' }, { caller }, 'iam:AIDA1'],
    [
      'to a role with its session',
      { auth: 'iam' },
      { caller: { ...caller, userId: 'AROA1:ann' } },
      'iam:AROA1:ann',
    ],
    [
      'to an identity of a pool, whose users have one role',
      { auth: 'iam' },
      { caller: { ...caller, cognitoIdentityId: 'us-east-1:1' } },
      'identity:us-east-1:1',
    ],
    ['to a principal', { auth: partners }, { context: { principalId: 'p1' } }, 'principal:partners:p1'],
    ['to an API key', { auth: 'public', apiKey: true }, { apiKeyId: 'k1' }, 'key:k1'],
    ['to every caller of a public operation', { auth: 'public' }, { apiKeyId: 'k1' }, 'public'],
  ] as const)('%s', (_name, operation, authentication, scope) => {
    expect(callerScope(operation, authentication)).toBe(scope);
  });

  it("to no caller without the authorizer's `principalId`: that is an error", () => {
    expect(() => callerScope({ auth: partners }, { context: {} })).toThrow(
      'The context of authorizer partners must have `principalId`',
    );
  });
});
