import { defineApi, defineProblem, openApiDocument, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';

class SoldOut extends defineProblem({ type: 'urn:problem:sold-out', title: 'Sold out', status: 422 }) {}

const place = { method: 'POST', auth: 'user', responses: { 201: z.string(), 409: Problem } } as const;
const api = defineApi(
  { name: 'shop', version: '1.0.0' },
  {
    place: { ...place, path: '/orders', idempotent: true, errors: [SoldOut] },
    draw: { ...place, path: '/drawings', idempotent: { key: 'optional' } },
    plain: { ...place, path: '/plain' },
  },
);
const { paths } = openApiDocument(api) as any;
const headersOf = (path: string) =>
  (paths[path].post.parameters ?? []).filter((parameter: any) => parameter.in === 'header');

describe('the document of an operation that is idempotent', () => {
  it('has the header of the key, required or not', () => {
    expect(headersOf('/orders')).toMatchObject([{ name: 'idempotency-key', required: true }]);
    expect(headersOf('/drawings')[0]).toMatchObject({ name: 'idempotency-key' });
    expect(headersOf('/drawings')[0]).not.toHaveProperty('required');
    expect(headersOf('/plain')).toEqual([]);
  });

  it('has its problems in addition to those of the operation', () => {
    const { responses } = paths['/orders'].post;
    expect(JSON.stringify(responses[422])).toContain('urn:problem:sold-out');
    expect(JSON.stringify(responses[422])).toContain('urn:problem:idempotency-key-reused');
    expect(Object.keys(responses[409].content)).toEqual(['application/problem+json']);
    expect(paths['/drawings'].post.responses).toHaveProperty(['422', 'content', 'application/problem+json']);
    expect(paths['/plain'].post.responses).not.toHaveProperty('422');
  });

  it('has the header of a repeated response', () => {
    expect(paths['/orders'].post.responses[201].headers).toMatchObject({
      'idempotent-replayed': { schema: { type: 'string', enum: ['true'] } },
    });
    expect(paths['/plain'].post.responses[201]).not.toHaveProperty('headers');
  });
});
