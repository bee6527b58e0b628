import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fencesOf } from './fences.js';

const root = join(__dirname, '../..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json'));
const steps = [...read('scripts/test.mjs').matchAll(/(?:name: |jest\()'([^']+)'/g)].map(([, name]) => name!);

const workflows = readdirSync(join(root, '.github/workflows')).map(
  (name) => [name, read(`.github/workflows/${name}`)] as const,
);

/** The commands in the shell fences of a page, without their comments. */
function commandsOf(page: string): string[] {
  return fencesOf(join(root, page))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter(Boolean);
}

describe('CONTRIBUTING.md', () => {
  const commands = commandsOf('CONTRIBUTING.md');

  it.each(commands)('`%s` runs a script that exists, on tests that exist', (command) => {
    const [npm, , script] = /^(npm) (?:(start|test)\b|run (?:-s )?([\w:-]+))/.exec(command)!.slice(1, 4);
    expect(npm).toBe('npm');
    const name = script ?? /^npm (start|test)\b/.exec(command)![1]!;
    expect(Object.keys(manifest.scripts)).toContain(name);
    const words = command.split(' -- ')[1]?.split(' ') ?? [];
    if (name === 'test')
      expect(words.filter((word) => !steps.some((step) => step.includes(word)))).toEqual([]);
    for (const word of words.filter((one) => one.startsWith('test/')))
      expect(existsSync(join(root, word))).toBe(true);
  });

  it('documents the scripts for checks and tests', () => {
    for (const name of [
      'lint',
      'typecheck',
      'test:unit',
      'test:watch',
      'test:localstack',
      'api-report',
      'docs-props',
    ]) {
      expect(Object.keys(manifest.scripts)).toContain(name);
      expect(read('CONTRIBUTING.md')).toContain(`npm run ${name}`);
    }
  });

  it('names files and folders that exist', () => {
    const paths = [...read('CONTRIBUTING.md').matchAll(/`((?:lib|test|docs|scripts|\.github)\/[\w./-]+)`/g)];
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.map(([, path]) => path!).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

it('the guides name files and folders that exist', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('api'))
    .map((name) => `docs/${name}`);
  const missing = ['README.md', ...pages].flatMap((page) =>
    [...read(page).matchAll(/`((?:lib|test|scripts|stacks|lambda|contracts|layers|web|bench)\/[\w./-]+)`/g)]
      .map(([, path]) => path!)
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${page}: ${path}`),
  );
  expect(missing).toEqual([]);
});

describe('workflows', () => {
  it('test on the versions of Node.js that are promised, with the command of the README', () => {
    const ci = read('.github/workflows/ci.yml');
    expect(ci).toMatch(/node: \['20', '22', '24'\]|node: \["20", "22", "24"\]/);
    expect(ci).toContain('- run: npm test\n');
    expect(commandsOf('README.md')).toContain('npm test');
  });

  it.each(workflows)('%s pins each action by its commit and grants nothing by default', (_name, text) => {
    const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
    expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
    expect(text).toMatch(/^permissions:(\n {2}contents: read| \{\})\n/m);
  });

  it.each(workflows)('%s runs scripts that exist', (_name, text) => {
    const scripts = [...text.matchAll(/run: npm run ([\w:-]+)/g)].map(([, name]) => name!);
    expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
    const files = [...text.matchAll(/run: node (\S+)/g)].map(([, name]) => name!);
    expect(files.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  it('publish with provenance, by a token that lives as long as the run', () => {
    const release = read('.github/workflows/release.yml');
    expect(release).toContain('npm publish --provenance');
    expect(release).toContain('id-token: write');
    expect(release).not.toContain('secrets.');
  });
});

describe('owners and addresses', () => {
  it('code owners are the maintainers in package.json', () => {
    const rules = read('.github/CODEOWNERS')
      .split('\n')
      .filter((line) => line.trim() && !line.startsWith('#'));
    const owners = rules.flatMap((line) => line.split(/\s+/).slice(1));
    const maintainers = (manifest.maintainers ?? []).map(({ name }: { name: string }) => `@${name}`);
    expect(owners.filter((owner) => !maintainers.includes(owner))).toEqual([]);
  });

  it('nothing links to a repository or address of this project that package.json does not have', () => {
    const own = String(manifest.repository?.url ?? manifest.repository ?? '');
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
      'package.json',
      'renovate.json',
    ]
      .concat(
        readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.md'))
          .map((name) => `docs/${name}`),
      )
      .concat(
        readdirSync(join(root, '.github'), { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.\w+$/.test(name))
          .map((name) => `.github/${name}`),
      );
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/https:\/\/[\w./-]*trellis[\w./-]*/g)].map(([link]) => `${page}: ${link}`),
    );
    expect(links.filter((link) => !own || !link.includes(own.replace(/^git\+|\.git$/g, '')))).toEqual([]);
    // verificationemail.com is Cognito's own sender.
    const mails = pages.flatMap(
      (page) =>
        read(page).match(
          /mailto:\S+|[\w.]+@(?!example\.|verificationemail\.)[\w-]+\.(?:com|org|dev|io)\b/g,
        ) ?? [],
    );
    expect(mails).toEqual([]);
  });
});

it('.nvmrc has a version that package.json allows, and on which CI tests', () => {
  expect(read('.github/workflows/ci.yml')).toContain(read('.nvmrc').trim());
});

it('renovate.json names files and packages that exist', () => {
  const { packageRules } = JSON.parse(read('renovate.json'));
  const all = Object.keys({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.peerDependencies,
  });
  const named = packageRules.flatMap(
    (rule: { matchPackageNames?: string[] }) => rule.matchPackageNames ?? [],
  );
  const unknown = named.filter(
    (name: string) =>
      !all.some((one) => one === name || (name.endsWith('/**') && dirname(one) === name.slice(0, -3))),
  );
  expect(unknown).toEqual([]);
});
