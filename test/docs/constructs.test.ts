import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from 'cdk-trellis';
import { Construct } from 'constructs';
import { fencesOf } from './fences.js';

const root = join(__dirname, '../..');
const folder = join(root, 'docs/constructs');
const read = (page: string) => readFileSync(join(folder, page), 'utf8');
const index = read('README.md');

const SECTIONS = [
  'When to use it',
  'Example',
  'What it creates',
  'Props',
  'Cost at rest',
  'Local differences',
  'Resources underneath',
];

/** Abstract base classes that the pages of their subclasses describe. */
const ABSTRACT = ['EventHubBase'];

const isClassOf = (value: unknown, base: typeof Construct) =>
  typeof value === 'function' && value.prototype instanceof base;

const constructs = Object.entries(library)
  .filter(([name, value]) => isClassOf(value, Construct) && !ABSTRACT.includes(name))
  .map(([name]) => name)
  // It has no scope of its own, and is used like a construct.
  .concat('SharedLayer');

const pageOf = (name: string) => `${name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase()}.md`;

it('finds the public constructs', () => {
  expect(constructs).toEqual(expect.arrayContaining(['Api', 'NodeFunction', 'Saga', 'UserDirectory']));
  expect(constructs.length).toBeGreaterThanOrEqual(16);
});

describe.each(constructs)('the page of %s', (name) => {
  it('has all sections of the template, in order, each with a text', () => {
    const text = read(pageOf(name)).replace(/^```[\s\S]*?^```$/gm, '(code)');
    const [title, ...sections] = text.split(/^##? /m).slice(1);
    expect(title).toMatch(new RegExp(`^${name}\n\n\\S`));
    expect(sections.map((section) => section.split('\n')[0]).slice(0, SECTIONS.length)).toEqual(SECTIONS);
    const isEmpty = (section: string) => section.split('\n').slice(1).join('').trim() === '';
    expect(sections.filter(isEmpty)).toEqual([]);
  });

  it('has an example that creates it or gets it, which another test compiles', () => {
    const code = fencesOf(join(folder, pageOf(name)))
      .filter(({ language }) => language === 'ts')
      .map(({ text }) => text);
    // EventHub.on creates subscriptions.
    const uses = name === 'EventSubscription' ? 'events.on(' : new RegExp(`new ${name}\\(|${name}\\.from`);
    expect(code.join('\n')).toMatch(uses);
  });

  it('has tables of its props and fields, and a row in the index', () => {
    const text = read(pageOf(name));
    expect(text).toContain(`<!-- fields: ${name} -->\n| field |`);
    if (name !== 'SharedLayer') expect(text).toMatch(/<!-- props: \w+ -->\n\| prop \|/);
    expect(index).toContain(`| [\`${name}\`](${pageOf(name)}) |`);
  });
});

describe('tables of props', () => {
  const script = join(root, 'scripts/docs-props.mjs');
  const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

  it('are what the types and doc comments in lib have; otherwise: npm run docs-props', () => {
    expect(run().stderr).toBe('');
  });

  it('that are out of date fail, and --write makes them anew', () => {
    const copy = mkdtempSync(join(tmpdir(), 'trellis-docs-props-'));
    try {
      cpSync(folder, copy, { recursive: true });
      const page = join(copy, 'data-table.md');
      const before = readFileSync(page, 'utf8');
      writeFileSync(page, before.replace('| `timeToLive` |', '| `expires` |'));
      const { status, stderr } = run(copy);
      expect([status, stderr]).toEqual([1, expect.stringContaining('data-table.md')]);
      execFileSync(process.execPath, [script, copy, '--write']);
      expect(readFileSync(page, 'utf8')).toBe(before);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('have required props, defaults, comments, and options of a type that a prop names', () => {
    const text = read('data-table.md');
    expect(text).toMatch(/^\| `partitionKey` \| `KeyAttribute` \| required \|/m);
    expect(text).toMatch(/^\| `timeToLive` \| `string` \| [^|]+ \| [^|]+ \|$/m);
    expect(text).toMatch(/^### TableIndex\n\n\| prop \|/m);
  });
});

it('each page is in the index', () => {
  const pages = readdirSync(folder).filter((page) => page !== 'README.md');
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});
