import { defineApi } from 'cdk-trellis/contract';
import { route } from 'cdk-trellis/runtime';
import { restEvent } from 'cdk-trellis/testing';
import fc from 'fast-check';
import * as z from 'zod';
import type { Auth } from '../../lib/contract/auth.js';
import { type Authentication, authorize } from '../../lib/http/authorize.js';

const claims = {
  sub: 'u1',
  username: 'jo',
  token_use: 'access',
  client_id: 'web',
  scope: 'aws.cognito.signin.user.admin stock/read',
  'cognito:groups': ['staff', 'admins'],
};

const statusOf = (auth: Auth, authentication: Authentication) => {
  try {
    authorize(auth, authentication, ['web']);
    return 200;
  } catch (error) {
    return (error as { status?: number }).status;
  }
};

describe('authorize', () => {
  it('returns the user of the token', () => {
    expect(authorize('user', { claims }, ['web']).user).toEqual({
      sub: 'u1',
      username: 'jo',
      groups: ['staff', 'admins'],
      scopes: ['aws.cognito.signin.user.admin', 'stock/read'],
      clientId: 'web',
    });
  });

  it.each<[number, string, Auth, Authentication]>([
    [200, 'a group and a scope', { group: 'admins', scopes: ['stock/read'] }, { claims }],
    [403, 'another group', { group: 'owners', scopes: ['stock/read'] }, { claims }],
    [403, 'one scope of two', { scopes: ['stock/read', 'stock/write'] }, { claims }],
    [403, 'a scope that only begins the same', { scopes: ['stock/rea'] }, { claims }],
    [401, 'an ID token', 'user', { claims: { ...claims, token_use: 'id' } }],
    [401, 'another application', 'user', { claims: { ...claims, client_id: 'app' } }],
    [401, 'no claims', 'user', {}],
    [401, 'AWS credentials in place of a token', 'user', { caller: { account: '1', arn: 'a', userId: 'u' } }],
    [401, 'a token in place of AWS credentials', 'iam', { claims }],
    [401, 'a token in place of an authorizer', { authorizer: 'partners' }, { claims }],
  ])('returns %i for %s', (status, _name, auth, authentication) => {
    expect(statusOf(auth, authentication)).toBe(status);
  });

  it.each([
    ['one group whose name has a space', 'Domain admins'],
    ['a name that begins with a space', ' admins'],
    ['two groups, or one whose name has a comma', 'a,admins'],
    ['two groups, or one whose name has a comma and a space', 'Store admins,staff'],
    ['two groups, or one whose name has a space', '[not admins]'],
    ['one group, or one whose name has brackets', '[admins]'],
    ['a JSON list', '["admins"]'],
  ])('grants no group for a text that is %s', (_name, text) => {
    const authentication = { claims: { ...claims, 'cognito:groups': text } };
    expect(statusOf({ group: 'admins' }, authentication)).toBe(403);
  });

  it('rejects a token with ambiguous groups, whatever the operation requires', () => {
    expect(statusOf('user', { claims: { ...claims, 'cognito:groups': 'a,b' } })).toBe(403);
    expect(statusOf('user', { claims: { ...claims, 'cognito:groups': 'Domain admins' } })).toBe(200);
  });

  it('does not read a group from a scope, nor a scope from a list', () => {
    const scopes = { scopes: ['stock/write'] };
    expect(statusOf(scopes, { claims: { ...claims, scope: 'x,stock/write' } })).toBe(403);
    expect(statusOf({ group: 'owners' }, { claims: { ...claims, scope: 'owners' } })).toBe(403);
  });

  it("restores the types of an authorizer's context", () => {
    const context = z.object({
      name: z.string(),
      tier: z.number(),
      active: z.boolean(),
      size: z.literal([1, 2]).optional(),
    });
    const auth = { authorizer: 'partners', context };
    const value = fc.record({
      name: fc.string(),
      tier: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
      active: fc.boolean(),
    });
    fc.assert(
      fc.property(value, (values) => {
        const texts = Object.fromEntries(
          Object.entries(values).map(([name, field]) => [name, String(field)]),
        );
        expect(authorize(auth, { context: { ...texts, principalId: 'p' } }, []).context).toEqual(values);
      }),
    );
  });

  it('throws an error for a context that does not match the schema', () => {
    const auth = { authorizer: 'partners', context: z.object({ tier: z.number() }) };
    expect(() => authorize(auth, { context: { tier: 'gold' } }, [])).toThrow(
      'The context of authorizer partners does not match its schema',
    );
  });
});

describe('a request to route()', () => {
  const base = { method: 'GET', path: '/', responses: { 200: z.unknown() } } as const;
  const context = z.object({ tier: z.int(), active: z.boolean() });
  const api = defineApi(
    { name: 'x', version: '1.0.0' },
    {
      aws: { ...base, auth: 'iam' },
      partner: { ...base, path: '/p', auth: { authorizer: 'partners', context } },
      scope: { ...base, path: '/s', auth: { scopes: ['stock/read'] } },
    },
  );

  it('has the caller whose AWS credentials signed it', async () => {
    const handler = route(api.aws, {}, async ({ caller }) => ({ status: 200, body: caller })).with({});
    const caller = { arn: 'arn:aws:iam::123456789012:user/jo', account: '123456789012', userId: 'AIDAJO' };
    const { body } = await handler(restEvent({ caller }));
    expect(JSON.parse(body)).toEqual(caller);
    expect((await handler(restEvent())).statusCode).toBe(401);
  });

  it('has the context of the authorizer', async () => {
    const handler = route(api.partner, {}, async (input) => ({ status: 200, body: input.context })).with({});
    const { body } = await handler(restEvent({ context: { tier: 3, active: false } }));
    expect(JSON.parse(body)).toEqual({ tier: 3, active: false });
    expect((await handler(restEvent())).statusCode).toBe(401);
  });

  describe('with several groups', () => {
    const groupOf = defineApi(
      { name: 'y', version: '1.0.0' },
      { get: { ...base, auth: { group: 'admins' } } },
    ).get;
    const handler = route(groupOf, {}, async ({ user }) => ({ status: 200, body: user.groups })).with({});
    const tokenOf = (groups: unknown) =>
      `Bearer e30.${Buffer.from(JSON.stringify({ 'cognito:groups': groups })).toString('base64url')}.c2ln`;
    const send = (text: string, ...authorization: string[]) => {
      const event = restEvent({ user: {} });
      event.requestContext.authorizer!.claims['cognito:groups'] = text;
      event.headers.Authorization = authorization.at(-1);
      event.multiValueHeaders.Authorization = authorization;
      return handler(event);
    };

    it.each([
      ['a,admins', ['a,admins'], 403],
      ['[not admins]', ['not admins'], 403],
      ['[Domain admins staff]', ['Domain admins', 'staff'], 403],
      ['staff,admins', ['staff', 'admins'], 200],
      ['[staff admins]', ['staff', 'admins'], 200],
      ['a,b,admins', ['a,b', 'admins'], 200],
    ])('written %j reads the list of the verified token', async (text, groups, status) => {
      const response = await send(text, tokenOf(groups));
      expect(response.statusCode).toBe(status);
      if (status === 200) expect(JSON.parse(response.body)).toEqual(groups);
    });

    it.each([
      ['a token other than the verified one', [tokenOf(['admins'])]],
      ['no token', []],
      ['two tokens', [tokenOf(['staff', 'admins']), tokenOf(['staff,admins'])]],
      ['an invalid token', ['Basic YTpi']],
      ['a list that is a text', [tokenOf('staff,admins')]],
    ])('rejects %s', async (_name, authorization) => {
      expect((await send('staff,admins', ...authorization)).statusCode).toBe(403);
    });
  });

  it('has the scopes of its token', async () => {
    const handler = route(api.scope, {}, async ({ user }) => ({ status: 200, body: user.scopes })).with({});
    const { body } = await handler(restEvent({ user: { scopes: ['stock/read'] } }));
    expect(JSON.parse(body)).toEqual(['stock/read']);
    expect((await handler(restEvent({ user: {} }))).statusCode).toBe(403);
  });
});
