import { binary, defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';
import { openApiBody } from '../../../lib/api/private/openapi-body.js';

function parametersOf(query: z.ZodObject): { name: string; required: boolean }[] {
  const contract = defineApi(
    { name: 'orders', version: '1.0.0' },
    { list: { method: 'GET', path: '/orders', auth: 'public', query, responses: { 200: z.string() } } },
  );
  const { paths } = openApiBody({
    contract,
    title: 'orders',
    validatesBody: () => false,
    integrationOf: () => ({}),
  });
  return (paths as any)['/orders'].get.parameters;
}

const bodyOf = (operations: Record<string, object>, type = 'aws_proxy'): any => {
  const whole = Object.entries(operations).map(([name, operation]) => [
    name,
    { method: 'GET', path: `/${name}`, auth: 'public', responses: { 200: z.string() }, ...operation },
  ]);
  return openApiBody({
    contract: defineApi({ name: 'orders', version: '1.0.0' }, Object.fromEntries(whole)),
    title: 'orders',
    validatesBody: () => false,
    integrationOf: (name) => ({ type, uri: name }),
  });
};

describe('HEAD', () => {
  it('is served by the function of GET, and authorized and validated like it', () => {
    const { get, head } = bodyOf({ list: { auth: 'user', query: z.object({ day: z.iso.date() }) } }).paths[
      '/list'
    ];
    const { operationId, ...same } = get;
    expect([operationId, head]).toEqual(['list', same]);
  });

  it('is not served without a GET that a function serves', () => {
    expect(bodyOf({ add: { method: 'POST' } }).paths['/add']).not.toHaveProperty('head');
    expect(bodyOf({ list: {} }, 'aws').paths['/list']).not.toHaveProperty('head');
  });
});

describe('the binary media types', () => {
  const types = (operations: Record<string, object>) =>
    bodyOf(operations)['x-amazon-apigateway-binary-media-types'];

  it('are empty without binary bodies, and those of the requests', () => {
    expect(types({ list: {} })).toBeUndefined();
    const [png, both] = [binary('image/png'), binary(['image/png', 'image/gif'])];
    expect(types({ a: { method: 'PUT', body: png }, b: { method: 'PUT', body: both } })).toEqual([
      'image/gif',
      'image/png',
    ]);
  });

  it('are all types if one response is binary: the gateway reads only the first type of `Accept`', () => {
    expect(types({ a: { responses: { 200: binary('image/png') } } })).toEqual(['*/*']);
  });
});

describe('the parameters of an operation', () => {
  it('are not required if they may be empty, which the gateway rejects as missing', () => {
    expect(parametersOf(z.object({ day: z.string() }))).toMatchObject([{ name: 'day', required: false }]);
  });

  it('are required where the contract requires them', () => {
    const parameters = parametersOf(z.object({ day: z.string().min(1), limit: z.string().optional() }));
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ['day', true],
      ['limit', false],
    ]);
  });

  it.each([
    ['is preprocessed', z.preprocess((value) => value ?? '1', z.string())],
    ['has a value for errors', z.string().catch('1')],
    ['has a default', z.string().default('1')],
  ])('are not required where one %s, as the contract takes a request without it', (_what, schema) => {
    const query = z.object({ limit: schema });
    expect(query.safeParse({}).success).toBe(true);
    expect(parametersOf(query)).toMatchObject([{ name: 'limit', required: false }]);
  });
});
