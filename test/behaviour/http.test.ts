import { bodyOf, createClient, paginate } from 'cdk-trellis/client';
import { productsApi } from '../../contracts/products.js';
import { adminTokens, call, deployedInfo, expectProblem } from './support.js';

const products = () =>
  createClient(productsApi, {
    baseUrl: deployedInfo().apis.products!,
    token: async () => (await adminTokens()).accessToken,
  });

async function aProduct() {
  const [product] = bodyOf(await products().listProducts({ query: { limit: 1 } })).items;
  return product!;
}

describe('the typed client', () => {
  it('reads all products, a page at a time', async () => {
    const ids: string[] = [];
    for await (const { productId } of paginate(products().listProducts, { query: { limit: 7 } }))
      ids.push(productId);
    expect(ids.length).toBeGreaterThan(7);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gets what there is, and a problem for what there is not', async () => {
    const product = await aProduct();
    const params = { productId: product.productId };
    expect(await products().getProduct({ params })).toMatchObject({ ok: true, body: { name: product.name } });
    const none = await products().getProduct({ params: { productId: 'prd_nothing0' } });
    expect(none).toMatchObject({ ok: false, status: 404, body: { title: 'Product not found' } });
  });

  it('reports every error with its path', async () => {
    const body = {
      name: 'x',
      description: '',
      category: 'A',
      price: { amount: 1, currency: 'EUR' },
      stock: 0,
    } as const;
    expect(await products().createProduct({ body })).toMatchObject({
      status: 400,
      body: { errors: [{ in: 'body', path: '.category' }] },
    });
  });
});

describe('a product', () => {
  it('has the response of GET without the body for HEAD', async () => {
    const { productId } = await aProduct();
    const [head, get] = [
      await call('products', `/products/${productId}`, { method: 'HEAD' }),
      await call('products', `/products/${productId}`),
    ];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect((await call('products', '/products/prd_nothing0', { method: 'HEAD' })).status).toBe(404);
  });

  it('is not sent again to who has it', async () => {
    const { productId } = await aProduct();
    const path = `/products/${productId}`;
    const etag = (await call('products', path)).headers.get('etag')!;
    const known = await call('products', path, { headers: { 'if-none-match': etag } });
    expect([known.status, known.text]).toEqual([304, '']);
    expect((await call('products', path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });
});

it("the caller's correlation id is in the response, also in a problem", async () => {
  const headers = { 'x-correlation-id': 'behaviour-1' };
  const response = await call('products', '/products?limit=1', { headers });
  expect([response.status, response.headers.get('x-correlation-id')]).toEqual([200, 'behaviour-1']);
  const refused = await call('products', '/products?limit=0', { headers });
  expectProblem(refused, 400);
  expect(refused.headers.get('x-correlation-id')).toBe('behaviour-1');
});
