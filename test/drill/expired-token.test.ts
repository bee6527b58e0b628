import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryOf } from '../../bin/local-storefront.js';
import { call, customerTokens, deployedCloud, deployedInfo, expectProblem } from '../behaviour/support.js';

/** The key that the local cloud's user pool signs access tokens with. */
const key = () => {
  const { userPoolId } = directoryOf(deployedInfo(), deployedCloud().credentials);
  return readFileSync(
    join(process.env.TRELLIS_STATE_DIR!, 'data/cognito-pool-keys', `${userPoolId}-access.pem`),
    'utf8',
  );
};

/** The token as its user pool would have issued it to end then. */
function endingAt(token: string, time: Date): string {
  const [header, claims] = token.split('.') as [string, string];
  const changed = {
    ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
    exp: Math.floor(time.getTime() / 1000),
  };
  const content = `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}`;
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key()).toString('base64url')}`;
}

it('a token that has expired is refused although its signature is good', async () => {
  const { accessToken } = await customerTokens();
  const inAMinute = endingAt(accessToken, new Date(Date.now() + 60_000));
  expect(await call('users', '/me', { token: inAMinute })).toMatchObject({ status: 200 });
  const aSecondAgo = endingAt(accessToken, new Date(Date.now() - 1000));
  expectProblem(await call('users', '/me', { token: aSecondAgo }), 401);
});
