import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = join(__dirname, '../..');
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
const packed: string[] = files.map(({ path }: { path: string }) => path);
const pages = packed.filter((path) => path.endsWith('.md') && /^(docs\/|[A-Z])/.test(path));

/** Returns the anchor that GitHub and npm make from a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));
}

/** Links of a page that lead nowhere in the package. */
function brokenLinks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file, anchor] = link.split('#') as [string, string?];
    const target = file ? posix.join(posix.dirname(page), file) : page;
    const isPacked = packed.some((path) => path === target || path.startsWith(`${target}/`));
    return !isPacked || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
}

it('the docs are in the package', () => {
  for (const page of [
    'README.md',
    'CHANGELOG.md',
    'docs/concepts.md',
    'docs/runbooks.md',
    'docs/images/catalogue.png',
  ])
    expect(packed).toContain(page);
});

it.each(pages.filter((page) => !page.startsWith('docs/api/')))(
  'each link of %s leads to something in the package',
  (page) => {
    expect(brokenLinks(page)).toEqual([]);
  },
);
