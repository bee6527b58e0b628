import { route } from 'cdk-trellis/runtime';
import { api, call, get, loggedLines, report } from './things.js';

const logged = loggedLines();

describe('a choice of content types', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['text/*', 'text/csv'],
    ['application/json;q=0.1, text/csv', 'text/csv'],
    ['text/csv;q=0, */*', 'application/json'],
    ['text/html, application/json;q=0.5, */*;q=0.1', 'application/json'],
  ])('for Accept %s falls on %s', async (accept, type) => {
    const { status, headers, body } = await call(report, { headers: { ...(accept && { Accept: accept }) } });
    expect([status, headers['content-type'], headers.vary]).toEqual([200, type, 'accept']);
    expect(body).toEqual(type === 'text/csv' ? 'n\n1\n' : { n: 1 });
  });

  it.each(['text/html', 'text/csv;q=0', 'image/*'])('for Accept %s falls on none: 406', async (accept) => {
    const { status, body } = await call(report, { headers: { Accept: accept } });
    expect([status, body.detail]).toEqual([406, expect.stringContaining('application/json or text/csv')]);
  });

  it('is not required where the contract has none', async () => {
    expect(await call(get, { headers: { Accept: 'text/html' } })).toMatchObject({ status: 200 });
  });

  it('that the handler does not keep to is a 500, logged', async () => {
    const wrong = route(api.report, {}, async () => ({ status: 200, type: 'text/html', body: '' }) as never);
    expect(await call(wrong)).toMatchObject({ status: 500 });
    expect(logged.join()).toContain(
      'returned 200 with type text/html, expected application/json or text/csv',
    );
  });
});
