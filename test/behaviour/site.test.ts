import type { Browser } from 'playwright-core';
import { LOCAL_CODE, LOCAL_RESET_CODE } from '../../bin/local-storefront.js';
import { launchBrowser, Visitor } from './browser.js';
import { type ApiResponse, deployedInfo, expectProblem } from './support.js';
import { totp } from './totp.js';

const PASSWORD = 'A-visitors-password-1';

let browser: Browser;
let visitor: Visitor;
const site = deployedInfo().site!;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  visitor = await Visitor.at(browser, site);
});
afterEach(async () => {
  const { complaints } = visitor;
  await visitor.leave();
  expect(complaints).toEqual([]);
});

let count = 0;
const newAddress = () => `ada.${Date.now().toString(36)}${++count}@example.com`;

/** Makes an account by the pages, as a customer does; who has it is signed in. */
async function signUp(): Promise<string> {
  const email = newAddress();
  const { page } = visitor;
  await visitor.goto('/sign-up');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Code').fill(LOCAL_CODE);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('link', { name: email }).waitFor();
  return email;
}

/** Gives the e-mail address and a password on the sign-in page. */
async function signIn(email: string, password = PASSWORD): Promise<void> {
  const { page } = visitor;
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function fillAddress(): Promise<void> {
  const { page } = visitor;
  await page.getByLabel('Name', { exact: true }).fill('Ada Example');
  await page.getByLabel('Street and number').fill('Lime Street 1');
  await page.getByLabel('Postal code').fill('8000');
  await page.getByLabel('City').fill('Zurich');
  await page.getByLabel('Country').fill('CH');
}

async function putIntoBasket(name: string): Promise<void> {
  const { page } = visitor;
  await visitor.goto('/');
  const link = page.getByRole('link', { name, exact: true });
  while (!(await link.isVisible())) {
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.waitForTimeout(100);
  }
  await link.click();
  await page.getByRole('button', { name: 'Add to the basket' }).click();
  await page.getByText('It is in your basket').waitFor();
}

describe('one address', () => {
  it('serves the catalogue, a page at a time and by category', async () => {
    const { page } = visitor;
    await visitor.goto('/');
    const cards = page.locator('.products > li');
    await cards.first().waitFor();
    expect(await cards.count()).toBe(12);
    await visitor.screenshot('catalogue');
    await page.getByRole('button', { name: 'Show more' }).click();
    await cards.nth(12).waitFor();
    await page.getByRole('link', { name: 'Lighting' }).click();
    await page.getByRole('heading', { name: 'Lighting', level: 1 }).waitFor();
    await cards.first().waitFor();
    expect(new URL(page.url()).search).toBe('?category=lighting');
    expect(await page.title()).toBe('Lighting - Storefront');
  });

  it('serves a page under its own address: reloaded, opened from a link, and back again', async () => {
    const { page } = visitor;
    await visitor.goto('/');
    await page.getByRole('link', { name: 'Brass ruler' }).click();
    await page.getByRole('heading', { name: 'Brass ruler' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Brass ruler' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Things for the home' }).waitFor();
    await visitor.goto('/no/such/page');
    expect(await visitor.heading()).toBe('Page not found');
    await visitor.goto('/products/prd_000000000000');
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    // The browser logs the API's 404.
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it.each([
    ['/api/products/prd_000000000000', 404],
    ['/api/orders', 401],
  ])('returns the problem of the API at %s', async (path, status) => {
    const response = await fetch(`${site}${path}`);
    const text = await response.text();
    const received: ApiResponse = {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text),
    };
    expectProblem(received, status);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('returns a problem, not a page, for an unknown path below /api', async () => {
    const response = await fetch(`${site}/api/nothing`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json',
    ]);
  });

  // The latter is what the deployment notes beside the site's files.
  it.each(['/no-such.js', '/deployment.json'])('returns 404 for %s', async (path) => {
    expect((await fetch(`${site}${path}`)).status).toBe(404);
  });

  it('sends the headers by which browsers protect their users', async () => {
    const { headers } = await fetch(`${site}/`);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'; .*frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('strict-transport-security')).toBe('max-age=63072000');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('has what a page loads compressed, and kept by browsers', async () => {
    const page = await (await fetch(`${site}/`)).text();
    const [, styles] = /href="(\/assets\/[^"]+\.css)"/.exec(page)!;
    const { headers } = await fetch(`${site}${styles}`);
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });
});

describe('accessibility', () => {
  it.each([
    '/',
    '/?category=kitchen',
    '/basket',
    '/sign-in',
    '/sign-up',
    '/new-password',
    '/sign-up?confirm=a%40example.com',
    '/checkout',
    '/none',
  ])('axe finds nothing on %s', async (path) => {
    await visitor.goto(path);
    await visitor.page.waitForLoadState('networkidle');
    expect(await visitor.accessibilityProblems()).toEqual([]);
  });

  it('the keyboard reaches the content, and goes on from the heading of a new page', async () => {
    const { page } = visitor;
    await visitor.goto('/');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.getByRole('link', { name: 'Brass ruler' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Brass ruler' }).waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Brass ruler');
  });

  it('works on a small screen without scrolling sideways', async () => {
    await visitor.page.setViewportSize({ width: 320, height: 640 });
    for (const path of ['/', '/basket', '/sign-up']) {
      await visitor.goto(path);
      const { scroll, client } = await visitor.page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      expect(scroll).toBeLessThanOrEqual(client);
    }
  });
});

describe('signing up and in', () => {
  it('makes an account, stays signed in over a reload, and signs out', async () => {
    const { page } = visitor;
    const email = await signUp();
    await page.reload();
    await page.getByRole('link', { name: email }).waitFor();
    expect(await visitor.accessibilityProblems()).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(email);
    await page.getByRole('link', { name: email }).waitFor();
  });

  it.each([['a wrong password', PASSWORD.replace('1', '2'), 'E-mail address or password is wrong.']])(
    'reports %s',
    async (_what, password, message) => {
      const { page } = visitor;
      const email = await signUp();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await visitor.goto('/sign-in');
      await signIn(email, password);
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toBe(message);
      expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('400')]);
    },
  );

  it.each([
    ['a weak password', 'aaaaaaaaaaaaaaa', 'The password must have 12 characters or more'],
    ['a wrong code', PASSWORD, 'This is not the code that was sent.'],
  ])('reports %s', async (_what, password, message) => {
    const { page } = visitor;
    await visitor.goto('/sign-up');
    await page.getByLabel('E-mail').fill(newAddress());
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create an account' }).click();
    if (password === PASSWORD) {
      await page.getByLabel('Code').fill('000000');
      await page.getByRole('button', { name: 'Confirm' }).click();
    }
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain(message);
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  it('sets a new password for who has forgotten it', async () => {
    const { page } = visitor;
    const email = await signUp();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await visitor.goto('/sign-in');
    await page.getByRole('link', { name: 'Forgot the password?' }).click();
    // Both pages ask for the e-mail address.
    await page.getByRole('heading', { name: 'Set a new password' }).waitFor();
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send a code' }).click();
    await page.getByText(`If an account with ${email} exists`).waitFor();
    expect(await visitor.accessibilityProblems()).toEqual([]);
    const renewed = `${PASSWORD}-renewed`;
    await page.getByLabel('Code').fill('000000');
    await page.getByLabel('New password').fill(renewed);
    await page.getByRole('button', { name: 'Set the password' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('This is not the code that was sent.');
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('400')]);
    await page.getByLabel('Code').fill(LOCAL_RESET_CODE);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Your new password is set: sign in with it.').waitFor();
    await signIn(email, renewed);
    await page.getByRole('link', { name: email }).waitFor();
  });

  it('asks for the code of an authenticator app, once the customer has set one up', async () => {
    const { page } = visitor;
    const email = await signUp();
    await visitor.goto('/account');
    await page.getByLabel('Display name').waitFor();
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    const secret = (await page.locator('.key').textContent()) as string;
    expect(await page.getByRole('link', { name: 'open it on this device' }).getAttribute('href')).toBe(
      `otpauth://totp/${encodeURIComponent(`Storefront:${email}`)}?secret=${secret}&issuer=Storefront`,
    );
    await page.getByLabel('Code', { exact: true }).fill(totp(secret));
    expect(await visitor.accessibilityProblems()).toEqual([]);
    await page.getByRole('button', { name: 'Turn on the second factor' }).click();
    await page.getByText('Signing in requires a code of your authenticator app.').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await visitor.goto('/sign-in');
    await signIn(email);
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    expect(await visitor.accessibilityProblems()).toEqual([]);
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('This is not the code that the app shows now.');
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('400')]);
    await page.getByLabel('Code').fill(totp(secret));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('link', { name: email }).waitFor();

    await visitor.goto('/account');
    await page.getByRole('button', { name: 'Turn off the second factor' }).click();
    await page.getByRole('button', { name: 'Set up an authenticator app' }).waitFor();
  });

  it('keeps the access token out of what the browser stores', async () => {
    await signUp();
    const stored = await visitor.page.evaluate(() => ({
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      cookies: document.cookie,
    }));
    expect(stored).toEqual({ local: [], session: ['refresh-token'], cookies: '' });
  });

  it('does not send a visitor to another site after signing in', async () => {
    const { page } = visitor;
    const email = await signUp();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await visitor.goto('/sign-in?then=//evil.example.com');
    await signIn(email);
    await page.getByRole('link', { name: email }).waitFor();
    expect(new URL(page.url()).origin).toBe(site);
  });
});

describe('shopping', () => {
  it('keeps the basket over a reload and in every tab', async () => {
    const { page, context } = visitor;
    await putIntoBasket('Brass ruler');
    await page.reload();
    await page.getByRole('link', { name: 'Basket 1' }).click();
    await page.getByLabel('Quantity of Brass ruler').fill('3');
    await page.keyboard.press('Tab');
    await page.getByText('£49.50').first().waitFor();
    await visitor.screenshot('basket');
    expect(await visitor.accessibilityProblems()).toEqual([]);
    const other = await context.newPage();
    await other.goto(`${site}/basket`);
    await other.getByRole('button', { name: 'Remove Brass ruler' }).click();
    await page.getByText('It is empty.').waitFor();
  });

  it('orders: the order is confirmed while the customer looks, and a message is in the inbox', async () => {
    const { page } = visitor;
    await signUp();
    await putIntoBasket('Brass ruler');
    await page.getByRole('link', { name: 'Basket 1' }).click();
    await page.getByRole('link', { name: 'Go to checkout' }).click();
    await fillAddress();
    expect(await visitor.accessibilityProblems()).toEqual([]);
    await visitor.screenshot('checkout');
    await page.getByRole('button', { name: 'Order and pay £16.50' }).dblclick();
    await page.getByText('It is paid and on its way to you.').waitFor({ timeout: 30_000 });
    await visitor.screenshot('order');
    expect(await visitor.accessibilityProblems()).toEqual([]);
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('link', { name: 'Brass ruler' }).waitFor();
    expect(await page.locator('.rows > li').count()).toBe(1);
    expect(await visitor.accessibilityProblems()).toEqual([]);
    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.getByRole('link', { name: 'See the order' }).waitFor({ timeout: 30_000 });
    await visitor.screenshot('inbox');
    expect(await visitor.accessibilityProblems()).toEqual([]);
  });

  it('shows why an order was not fulfilled', async () => {
    const { page } = visitor;
    await signUp();
    await putIntoBasket('Brass ruler');
    await visitor.goto('/checkout');
    await fillAddress();
    await page.getByLabel('Card').selectOption('A card that is declined');
    await page.getByRole('button', { name: /^Order and pay/ }).click();
    await page.getByText('The card was declined. Nothing was charged.').waitFor({ timeout: 30_000 });
  });

  it('keeps the address of an account for the next order', async () => {
    const { page } = visitor;
    await signUp();
    await visitor.goto('/account');
    await page.getByLabel('Display name').fill('Ada');
    await fillAddress();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await visitor.accessibilityProblems()).toEqual([]);
    await putIntoBasket('Brass ruler');
    await visitor.goto('/checkout');
    expect(await page.getByLabel('City').inputValue()).toBe('Zurich');
  });
});
