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
    ['admin', "`auth` must be 'public', 'user', 'iam', a group, scopes or an authorizer, got 'admin'"],
    [undefined, "`auth` must say who may call the operation ('public', 'user', "],
    [{}, "`auth` must have a group or at least one scope; for every signed-in user write 'user'"],
    [{ scopes: [] }, '`auth` must have a group or at least one scope'],
    [{ group: 'staff,admins' }, 'a group must have no spaces, commas or brackets, got "staff,admins"'],
    [{ group: '' }, 'a group must have no spaces, commas or brackets, got ""'],
    [{ scopes: ['a b'] }, 'a scope must be like "products/write", got "a b"'],
    [{ group: 'admins', role: 'x' }, '`auth` has no `role`'],
    [{ authorizer: 'My partners' }, 'an authorizer must be called like partners'],
    [{ authorizer: 'iam' }, 'an authorizer must not be called users, iam, apiKey, got "iam"'],
    [{ authorizer: 'partners', cache: 3 }, '`auth` has no `cache`'],
    [
      partners({ tags: z.array(z.string()) }),
      '`context.tags` must be a text, a number or a boolean, got array: API Gateway passes on nothing else',
    ],
    [partners({ either: z.union([z.string(), z.number()]) }), '`context.either` must be a text'],
    [partners({ either: z.literal(['a', 1]) }), '`context.either` must be a text'],
    [partners({ 'partner-id': z.string() }), 'names of letters, digits and underscores, got "partner-id"'],
    [partners({ principalId: z.string() }), 'must not have "principalId", which API Gateway uses itself'],
    [partners({ claims: z.string() }), 'must not have "claims", which API Gateway uses itself'],
    [partners({ integrationLatency: z.number() }), 'must not have "integrationLatency"'],
  ])('is refused as %p', (auth, message) => {
    expect(() => define(auth)).toThrow(message);
  });
});
