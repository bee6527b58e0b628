import { address } from './shop.js';
import { adminTokens, call, customerTokens, expectProblem } from './support.js';

let customer: string;
let admin: string;

beforeAll(async () => {
  [customer, admin] = (await Promise.all([customerTokens(), adminTokens()])).map(
    ({ accessToken }) => accessToken,
  ) as [string, string];
});

const read = async (token: string) => (await call('users', '/me', { token })).body;
const change = (token: string, body: unknown) => call('users', '/me', { method: 'PUT', token, body });

it('a user changes their profile and reads it again', async () => {
  const { version } = await read(customer);
  const changed = await change(customer, { displayName: 'Ada', address, version });
  expect(changed).toMatchObject({ status: 200, body: { displayName: 'Ada', address, version: version + 1 } });
  expect(await read(customer)).toEqual(changed.body);
});

it('of two changes made from one version the second is refused', async () => {
  const { version } = await read(customer);
  const responses = await Promise.all(
    ['one', 'two'].map((displayName) => change(customer, { displayName, version })),
  );
  expect(responses.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = responses.find(({ status }) => status === 409)!;
  expectProblem(refused, 409);
  expect(refused.body.currentVersion).toBe(version + 1);
});

it('a user has a profile of their own', async () => {
  const [mine, theirs] = [await read(customer), await read(admin)];
  expect(theirs.userId).not.toBe(mine.userId);
  await change(admin, { displayName: 'Grace', version: theirs.version });
  expect(await read(customer)).toEqual(mine);
});

it('a name with HTML in it comes back as the text it is', async () => {
  const { version } = await read(customer);
  const displayName = '<img src=x onerror="alert(1)"> & Co';
  expect((await change(customer, { displayName, version })).body.displayName).toBe(displayName);
  const response = await call('users', '/me', { token: customer });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.body.displayName).toBe(displayName);
});

it('a profile cannot be read without signing in', async () => {
  expectProblem(await call('users', '/me'), 401);
});
