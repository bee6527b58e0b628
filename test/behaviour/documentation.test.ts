import { call, deployedInfo } from './support.js';

const PATHS = { products: '/products', orders: '/orders', notifications: '/inbox', users: '/me' };

/** URLs of an API: its own, and the one below the site, if there is a site. */
const addressesOf = (api: string) => {
  const { apis, site } = deployedInfo();
  return [apis[api]!, ...(site ? [`${site}/api`] : [])];
};

it.each(Object.entries(PATHS))(
  'the %s service publishes its OpenAPI document and its documentation below %s',
  async (api, path) => {
    const { body } = await call(api, `${path}/openapi.json`);
    expect(Object.keys(body.paths)).toContain(path);
    for (const address of addressesOf(api)) {
      const url = `${address}${path}/openapi.json`;
      const document = await (await fetch(url)).json();
      expect(document).toEqual(body);
      expect(new URL(document.servers[0].url, url).href).toBe(`${address}/`);
      const page = await fetch(`${address}${path}/docs`);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await page.text()).toContain(`<h1>${document.info.title}`);
    }
  },
);

it('a product is not taken for the documentation page, nor the page for a product', async () => {
  expect((await call('products', '/products/prd_000000000000')).status).toBe(404);
  expect((await call('products', '/products/docs2')).status).toBe(400);
});
