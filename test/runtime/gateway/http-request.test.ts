import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { admin, context, get, loggedLines, photo, sign } from '../../http/things.js';

loggedLines();

describe('an event of payload 2.0', () => {
  const event = (change: Partial<APIGatewayProxyEventV2> & { http?: object; authorizer?: object } = {}) => {
    const { http, authorizer, ...rest } = change;
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/things/a%2Fb',
      rawQueryString: 'tag=x&tag=y',
      headers: { 'x-correlation-id': 'order-9' },
      requestContext: {
        requestId: 'r2',
        http: { method: 'GET', ...http },
        ...(authorizer && { authorizer }),
      },
      isBase64Encoded: false,
      ...rest,
    } as APIGatewayProxyEventV2;
  };

  it('of a function URL is a request like any other', async () => {
    const { statusCode, headers, body } = await get(event(), context);
    expect([statusCode, headers?.['x-correlation-id']]).toEqual([200, 'order-9']);
    expect(JSON.parse(body).seen).toMatchObject({ params: { thingId: 'a/b' }, query: { tag: ['x', 'y'] } });
  });

  it('of an HTTP API has its parameters decoded', async () => {
    const matched = event({
      routeKey: 'GET /things/{thingId}',
      pathParameters: { thingId: '50%/x' },
      rawPath: '/prod/x',
    });
    expect(JSON.parse((await get(matched, context)).body).seen.params).toEqual({ thingId: '50%/x' });
  });

  it.each([
    ['another path', { rawPath: '/other' }, 404, undefined],
    ['another method', { http: { method: 'POST' } }, 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', { http: { method: 'OPTIONS' } }, 204, 'GET, HEAD, OPTIONS'],
  ])('of a function URL with %s returns %s', async (_what, change, status, allow) => {
    const { statusCode, headers } = await get(event(change), context);
    expect([statusCode, headers?.allow]).toEqual([status, allow]);
  });

  it('has its body, in base64 or not, and its cookies', async () => {
    const binaryBody = {
      routeKey: 'PUT /photo',
      rawQueryString: '',
      headers: { 'content-type': 'image/png' },
      cookies: ['a=1', 'b=2'],
    };
    const { statusCode, body } = await photo(
      event({ ...binaryBody, body: 'AP8=', isBase64Encoded: true }),
      context,
    );
    expect([statusCode, body]).toEqual([200, 'AP8=']);
  });

  it('has the user of its JWT, its authorizer or its credentials', async () => {
    const claims = { sub: 'ann', token_use: 'access', client_id: 'c', 'cognito:groups': '[admins staff]' };
    const payload = Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': ['admins', 'staff'] }));
    const asked = event({
      routeKey: 'GET /admin',
      rawQueryString: '',
      headers: { authorization: `Bearer e30.${payload.toString('base64url')}.c2ln` },
      authorizer: { jwt: { claims, scopes: [] } },
    });
    const response = await admin.with({})(asked, context);
    expect(JSON.parse(response.body)).toEqual({ sub: 'ann' });
    const iam = { accountId: '1', userArn: 'arn:x', userId: 'u' };
    const signed = await sign(
      event({ routeKey: 'GET /sign', rawQueryString: '', authorizer: { iam } }),
      context,
    );
    expect(JSON.parse(signed.body)).toEqual({ arn: 'arn:x' });
  });

  it('without a user is refused', async () => {
    const asked = event({ routeKey: 'GET /admin', rawQueryString: '' });
    expect(await admin.with({})(asked, context)).toMatchObject({ statusCode: 401 });
  });
});
