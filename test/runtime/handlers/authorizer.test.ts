import { authorizer } from 'cdk-trellis/runtime';
import * as z from 'zod';

const partners = {
  authorizer: 'partners',
  context: z.object({ partnerId: z.string(), tier: z.int(), active: z.boolean().optional() }),
} as const;

const methodArn = 'arn:aws:execute-api:eu-west-1:123456789012:api1/api/GET/reports/7';
const tokenEvent = (authorizationToken: string) => ({
  type: 'TOKEN' as const,
  methodArn,
  authorizationToken,
});
const requestEvent = (headers: Record<string, string>, query: Record<string, string> | null = null) =>
  ({
    type: 'REQUEST',
    methodArn,
    headers,
    queryStringParameters: query,
    httpMethod: 'GET',
    path: '/reports/7',
  }) as never;

const handler = authorizer(partners, {}, async ({ token, headers, query, method, path }) => {
  if (token === 'banned') return 'forbidden';
  if (token === 'crash') throw new Error('a secret');
  if (token === 'wrong') return { principalId: 'p', context: { partnerId: 'p', tier: 1.5 } };
  if (token === 'seen') {
    const partnerId = JSON.stringify({ headers, query, method, path });
    return { principalId: 'p', context: { partnerId, tier: 1 } };
  }
  if (token !== 'good') return 'unauthorized';
  return { principalId: 'acme', context: { partnerId: 'acme', tier: 2, active: undefined } };
}).with({});

beforeEach(() => jest.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => jest.restoreAllMocks());

describe('an authorizer', () => {
  it('allows its own API and stage, whatever the operation: the decision is cached for all of them', async () => {
    expect(await handler(tokenEvent('Bearer good'))).toEqual({
      principalId: 'acme',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: 'arn:aws:execute-api:eu-west-1:123456789012:api1/api/*',
          },
        ],
      },
      context: { partnerId: 'acme', tier: 2 },
    });
  });

  it('takes a token with the word Bearer and without', async () => {
    for (const token of ['good', 'bearer good', 'Bearer  good']) {
      expect(await handler(tokenEvent(token))).toMatchObject({ principalId: 'acme' });
    }
  });

  it('denies a caller who may not', async () => {
    const { policyDocument } = await handler(tokenEvent('banned'));
    expect(policyDocument.Statement).toMatchObject([{ Effect: 'Deny' }]);
  });

  it('rejects an unknown caller with the error that API Gateway turns into a 401', async () => {
    await expect(handler(tokenEvent('unknown'))).rejects.toThrow(/^Unauthorized$/);
  });

  it('allows no caller when it fails, and discloses no detail', async () => {
    await expect(handler(tokenEvent('crash'))).rejects.toThrow(/^The authorizer failed$/);
  });

  it('allows no caller when its context does not match the contract', async () => {
    await expect(handler(tokenEvent('wrong'))).rejects.toThrow(/^The authorizer failed$/);
  });

  it('of type `request` sees the request', async () => {
    const seen = await handler(
      requestEvent({ Authorization: 'Bearer seen', 'X-Tenant': 'a' }, { room: 'b' }),
    );
    expect(JSON.parse(String(seen.context?.partnerId))).toEqual({
      headers: { authorization: 'Bearer seen', 'x-tenant': 'a' },
      query: { room: 'b' },
      method: 'GET',
      path: '/reports/7',
    });
  });

  it('of type `token` gets only the token: its decision for one operation holds for the others', async () => {
    const seen = await handler(tokenEvent('seen'));
    expect(JSON.parse(String(seen.context?.partnerId))).toEqual({ headers: {}, query: {} });
  });
});
