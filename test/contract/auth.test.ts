import { defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';

const define = (auth: unknown) =>
  defineApi(
    { name: 'desk', version: '1.0.0' },
    { get: { method: 'GET', path: '/', auth: auth as never, responses: { 200: z.string() } } },
  );

const partners = (shape: z.ZodRawShape) => ({ authorizer: 'partners', context: z.object(shape) });

describe('`auth`', () => {
  it.each([
    'public',
    'user',
    'iam',
    { group: 'admins' },
    { scopes: ['products/write'] },
    { scopes: ['https://shop.example.com/api/write'], group: 'admins' },
    { authorizer: 'partners' },
    partners({
      id: z.string(),
      size: z.enum(['small', 'large']),
      tier: z.int().optional(),
      active: z.boolean().default(true),
      kind: z.literal(['a', 'b']),
    }),
  ])('may be %p', (auth) => {
    expect(() => define(auth)).not.toThrow();
  });

  it.each([
    ['admin', "`auth` must be 'public', 'user', 'iam', { group }, { scopes } or { authorizer }, got 'admin'"],
    [
      undefined,
      "`auth` must be 'public', 'user', 'iam', { group }, { scopes } or { authorizer }, got undefined",
    ],
    [{}, "`auth` must have a group or at least one scope; for every signed-in user use 'user'"],
    [{ scopes: [] }, '`auth` must have a group or at least one scope'],
    [{ group: 'staff,admins' }, '`auth.group` must not have spaces, commas or brackets, got "staff,admins"'],
    [{ group: '' }, '`auth.group` must not have spaces, commas or brackets, got ""'],
    [{ scopes: ['a b'] }, '`auth.scopes` must be like "products/write", got "a b"'],
    [{ group: 'admins', role: 'x' }, 'unknown property `auth.role`'],
    [{ authorizer: 'My partners' }, '`auth.authorizer` must be like partners'],
    [{ authorizer: 'iam' }, '`auth.authorizer` must not be users, iam, apiKey, got "iam"'],
    [{ authorizer: 'partners', cache: 3 }, 'unknown property `auth.cache`'],
    [
      partners({ tags: z.array(z.string()) }),
      '`auth.context.tags` must be a text, a number or a boolean, which API Gateway supports, got array',
    ],
    [partners({ either: z.union([z.string(), z.number()]) }), '`auth.context.either` must be a text'],
    [partners({ either: z.literal(['a', 1]) }), '`auth.context.either` must be a text'],
    [partners({ 'partner-id': z.string() }), 'names of letters, digits and underscores, got "partner-id"'],
    [partners({ principalId: z.string() }), 'must not have "principalId", which API Gateway reserves'],
    [partners({ claims: z.string() }), 'must not have "claims", which API Gateway reserves'],
    [partners({ integrationLatency: z.number() }), 'must not have "integrationLatency"'],
  ])('cannot be %p', (auth, message) => {
    expect(() => define(auth)).toThrow(message);
  });
});
