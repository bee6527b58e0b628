import { defineApi } from 'cdk-trellis/contract';
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
    validateBodies: false,
    invocationUri: () => 'arn',
  });
  return (paths as any)['/orders'].get.parameters;
}

describe('the parameters of an operation', () => {
  it('are required where the contract requires them', () => {
    const parameters = parametersOf(z.object({ day: z.string(), limit: z.string().optional() }));
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ['day', true],
      ['limit', false],
    ]);
  });

  it.each([
    ['is preprocessed', z.preprocess((value) => value ?? '1', z.string())],
    ['has a value for mistakes', z.string().catch('1')],
    ['has a default', z.string().default('1')],
  ])('are not required where one %s, as the contract takes a request without it', (_what, schema) => {
    const query = z.object({ limit: schema });
    expect(query.safeParse({}).success).toBe(true);
    expect(parametersOf(query)).toMatchObject([{ name: 'limit', required: false }]);
  });
});
