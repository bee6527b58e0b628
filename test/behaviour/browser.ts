import { existsSync } from 'node:fs';
import packaged from '@sparticuz/chromium';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/**
 * A browser: the one that TRELLIS_BROWSER names, else the Chromium that npm has brought (Linux on x64), else an installed
 * Chrome or Edge.
 *
 * @param more command line options
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const named = process.env.TRELLIS_BROWSER;
  // A container's root has no sandbox to give; what is visited is the application under test.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...more];
  if (named) return chromium.launch({ executablePath: named, args });
  if (process.platform === 'linux' && process.arch === 'x64')
    return chromium.launch({ executablePath: await packaged.executablePath(), args });
  for (const channel of ['chrome', 'msedge']) {
    const browser = await chromium.launch({ channel, args: [...more] }).catch(() => undefined);
    if (browser) return browser;
  }
  throw new Error(
    `The site is tested in a browser, but Chrome and Edge were not found on this ${process.platform} machine.\n` +
      'Install one, or set TRELLIS_BROWSER to the path of a Chromium.',
  );
}

/** Rules of axe by their tags. */
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** A visitor with a clean browser, and everything the browser complains of. */
export class Visitor {
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly site: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
  }

  static async at(browser: Browser, site: string): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, locale: 'en-GB' });
    context.setDefaultTimeout(15_000);
    return new Visitor(context, await context.newPage(), site);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.site}${path}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  heading(): Promise<string | null> {
    return this.page.getByRole('heading', { level: 1 }).textContent();
  }

  /** Returns the violations of WCAG 2.2 AA that axe finds on the current page, in both colour schemes. */
  async accessibilityProblems(): Promise<string[]> {
    const found: string[] = [];
    // Not as a script of the page, which its security policy would refuse.
    await this.page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      const { violations } = await this.page.evaluate(
        (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
        // Only colours differ in the dark.
        { runOnly: colorScheme === 'light' ? WCAG : ['color-contrast'] },
      );
      for (const { id, nodes } of violations)
        found.push(
          ...nodes.map(({ html, failureSummary }) => `${colorScheme} ${id}: ${html} ${failureSummary}`),
        );
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
    return found;
  }

  /** Keeps a picture for the README, when asked to by TRELLIS_SCREENSHOTS, a folder. */
  async screenshot(name: string): Promise<void> {
    const folder = process.env.TRELLIS_SCREENSHOTS;
    if (!folder || !existsSync(folder)) return;
    await this.page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
