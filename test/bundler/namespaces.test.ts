import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SharedLayer } from 'cdk-trellis';
import { Project, removeProjects } from '../support/project.js';
import { filesIn, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

const manifest = (name: string, more = {}) =>
  JSON.stringify({
    name,
    version: '1.0.0',
    type: 'module',
    exports: './index.js',
    sideEffects: false,
    ...more,
  });

/** A package that exports a namespace, as zod does: `text of two` is in the layer if its member `two` is. */
const WORDS = {
  'node_modules/words/package.json': manifest('words'),
  'node_modules/words/index.js':
    'import * as w from "./all.js";\nexport * from "./all.js";\nexport { w, w as default };',
  'node_modules/words/all.js':
    'export { one, two, count } from "./words.js";\nexport * as deep from "./deep.js";',
  'node_modules/words/words.js':
    'export const one = "text of one"; export const two = "text of two"; export let count = 0; export const up = () => ++count;',
  'node_modules/words/deep.js': 'export const low = "text of low"; export const high = "text of high";',
};

type Files = Record<string, string>;

function use(source: string, files: Files = {}, bundling = {}) {
  const project = new Project({ ...WORDS, 'lambda/main.ts': source, ...files });
  const { text, layer, run } = synthesized(project, { bundling });
  const modules = filesIn(layer).map((name) => readFileSync(join(layer, name), 'utf8'));
  const kept = ['one', 'two', 'low', 'high'].filter((name) => modules.join().includes(`text of ${name}`));
  return {
    kept: kept.join(' '),
    entry: /"(\/opt\/nodejs\/v\/.*?)"/.exec(text)?.[1],
    result: run('return handler()'),
  };
}

const one = { kept: 'one', result: 'text of one' };

describe('of a namespace that a package exports, the layer has the members that are used', () => {
  it.each([
    ['by its name', "import { w } from 'words'; export const handler = async () => w.one;"],
    ['by the default export', "import w from 'words'; export const handler = async () => w.one;"],
    ['by another name', "import { w as z } from 'words'; export const handler = async () => z.one;"],
    [
      'by several imports',
      `import { w } from 'words'; import * as all from 'words'; import z from 'words';
       export const handler = async () => all.one === all.w.one && z.one === all.default.one && w.one;`,
    ],
    ['by optional chaining', "import { w } from 'words'; export const handler = async () => w?.one;"],
    ['in a template', "import { w } from 'words'; export const handler = async () => `${w.one}`;"],
    [
      'next to texts with the name',
      `import { w } from 'words';
       export const handler = async () => (/[a-w]/.test('w.two') && \`w.two \${"w"}\` ? w.one : { w: 1 }.w);`,
    ],
    [
      'next to others of the name',
      `import { w } from 'words';
       class Other { w = { two: 1 }; static w() { return new Other().w.two; } }
       const two = (w: { two: number }) => w.two;
       export const handler = async () => two({ two: Other.w() }) && w.one;`,
    ],
  ])('%s', (_, source) => {
    const { kept, result } = use(source);
    expect({ kept, result }).toEqual(one);
  });

  it('of a bundle with short names', () => {
    const source =
      "import { w } from 'words'; export const handler = async () => [1].map((w) => w) && w.one;";
    const { kept, result } = use(source, {}, { minify: true });
    expect({ kept, result }).toEqual(one);
  });

  it('of a namespace within', () => {
    const source = "import { w } from 'words'; export const handler = async () => w.one + w.deep.low;";
    expect(use(source)).toMatchObject({ kept: 'one low', result: 'text of onetext of low' });
  });

  it('in several files that use the same name for it', () => {
    const other = "import w from 'words'; export const high = () => w.deep.high;";
    const source =
      "import { w } from 'words'; import { high } from './other.js'; export const handler = async () => w.one + high();";
    expect(use(source, { 'lambda/other.ts': other })).toMatchObject({
      kept: 'one high',
      result: 'text of onetext of high',
    });
  });

  it.each([
    ['only in another package', 'export { one, two } from "./words.js";'],
    [
      'there twice',
      'export { one } from "./words.js"; export * from "./deep.js"; export * from "./three.js";',
    ],
  ])('and none that is %s', (_, all) => {
    const more = {
      'node_modules/words/all.js': all,
      'node_modules/words/three.js': 'export const low = 3;',
      'node_modules/more/package.json': manifest('more'),
      'node_modules/more/index.js': 'export const low = "text of one";',
    };
    const source = `import { w } from 'words'; import * as all from 'words'; import * as more from 'more';
      export const handler = async () => all.low ?? w.low ?? (more.low === w.one ? w.one : '');`;
    expect(use(source, more)).toMatchObject(one);
  });

  it('with their current values', () => {
    const source =
      "import { w } from 'words'; import { up } from 'words'; export const handler = async () => [w.count, up(), w.count];";
    const all = 'export * from "./words.js";';
    expect(use(source, { 'node_modules/words/all.js': all }).result).toEqual([0, 1, 1]);
  });

  it.each<[string, Files]>([
    [
      'a default export of a name',
      { 'index.js': 'import * as w from "./all.js"; export default w // all\n' },
    ],
    ['export * as', { 'index.js': 'export * as default from "./all.js";' }],
    [
      'another file',
      { 'index.js': 'export { w as default } from "./w.js";', 'w.js': 'export * as w from "./all.js";' },
    ],
    [
      'an import',
      {
        'index.js': 'import { w } from "./w";\nexport { w as default };',
        'w.js': 'export * as w from "./all.js";',
      },
    ],
    [
      'all names of files that export one another',
      {
        'index.js':
          'export * from "./index.js"; export * from "./w.js"; export { w as default };import { w } from "./w.js"',
        'w.js': 'export * from "./index.js"; export * from "./v.js";',
        'v.js': 'export * as w from "./all.js";',
      },
    ],
    [
      'another package',
      { 'index.js': 'export { w as default } from "words/w.js";', 'w.js': 'export * as w from "more";' },
    ],
  ])('when the package exports it by %s', (_, package_) => {
    const files = Object.fromEntries(
      Object.entries(package_).map(([name, text]) => [`node_modules/words/${name}`, text]),
    );
    const source = "import w from 'words'; export const handler = async () => w.one;";
    const all = {
      'node_modules/words/package.json': manifest('words', { exports: { '.': './index.js', './*': './*' } }),
      'node_modules/more/package.json': manifest('more'),
      'node_modules/more/index.js': WORDS['node_modules/words/words.js'],
    };
    expect(use(source, { ...all, ...files })).toMatchObject(one);
  });
});

describe('a namespace is kept as a whole', () => {
  it.each([
    [
      'when it is a value',
      'const same = (it: unknown) => it; export const handler = async () => same(w) === w && w.one;',
    ],
    ['when its members are tested', "export const handler = async () => 'two' in w && w.one;"],
    ['when a member has a computed name', 'export const handler = async (key = "one") => w[key];'],
    ['when it is destructured', 'export const handler = async () => { const { one } = w; return one; };'],
    ['when its type is read', "export const handler = async () => (typeof w).replace('object', '') + w.one;"],
    ['when it is exported', 'export const handler = async () => w.one; export { w };'],
    ['when it is assigned to another name', 'const z = w; export const handler = async () => z.one;'],
    ['when evaluated code may use it', "export const handler = async () => w.one && eval('w.one');"],
    [
      'when a member is assigned',
      'export const handler = async () => { try { w.one = 1; } catch { return w.one; } };',
    ],
    ['when it is in an array', 'export const handler = async () => [w].map((it) => it.one)[0];'],
  ])('%s', (_, code) => {
    expect(use(`import { w } from 'words'; ${code}`)).toMatchObject({
      kept: 'one two low high',
      result: 'text of one',
    });
  });

  it('when another file of the bundle needs it', () => {
    const other = "import w from 'words'; export const keys = () => Object.keys(w).join();";
    const source =
      "import w from 'words'; import { keys } from './other.js'; export const handler = async () => w.one + keys();";
    expect(use(source, { 'lambda/other.ts': other })).toMatchObject({
      kept: 'one two low high',
      result: 'text of onecount,deep,one,two',
    });
  });

  it.each([
    ['exports it', "export { w } from 'words';"],
    ['exports all that its package does', "export * from 'words';"],
  ])('when a shared layer %s', (_, code) => {
    const project = new Project({
      ...WORDS,
      'lambda/main.ts':
        "import { w } from '@shop/layer'; export const handler = async (key = 'two') => w.one && w[key];",
      'layers/shop/package.json': JSON.stringify({
        name: '@shop/layer',
        version: '1.0.0',
        exports: './index.ts',
      }),
      'layers/shop/index.ts': code,
    });
    project.link('node_modules/@shop/layer', project.path('layers/shop'));
    const layers = [SharedLayer.fromPackage(project.path('layers/shop'))];
    expect(synthesized(project, { layers }).run('return handler()')).toBe('text of two');
  });

  it('when its package is not bundled', () => {
    const source = "import { w } from 'words'; export const handler = async () => w.one;";
    const { kept, result } = use(source, {}, { nodeModules: ['words'] });
    expect({ kept, result }).toEqual({ kept: 'one two low high', result: 'text of one' });
  });

  it('when the package that defines it is not bundled', () => {
    const source = "import { w } from 'outer'; export const handler = async () => w.one;";
    const outer = {
      'node_modules/outer/package.json': manifest('outer'),
      'node_modules/outer/index.js': 'export * as w from "words";',
    };
    const { kept, result } = use(source, outer, { nodeModules: ['words'] });
    expect({ kept, result }).toEqual({ kept: 'one two low high', result: 'text of one' });
  });

  it('when it belongs to a CommonJS module', () => {
    const source = "import { w } from 'outer'; export const handler = async () => w.one + w.default.one;";
    const outer = {
      'node_modules/outer/package.json': manifest('outer'),
      'node_modules/outer/index.js': 'export * as w from "./all.cjs";',
      'node_modules/outer/all.cjs': 'exports.one = 1; exports.__esModule = true;',
    };
    expect(use(source, outer).result).toBe(2);
  });
});

describe('side effects of a package run', () => {
  const source =
    "import { w } from 'words'; export const handler = async () => [w.one, globalThis.done.join(' ')];";
  const did = (what: string) => `(globalThis.done ??= []).push(${JSON.stringify(what)});`;
  const doing = (name: keyof typeof WORDS, what: string) => ({ [name]: `${WORDS[name]}\n${did(what)}` });

  it('of each of its files', () => {
    const files = {
      'node_modules/words/package.json': manifest('words', { sideEffects: undefined }),
      ...doing('node_modules/words/deep.js', 'deep'),
      ...doing('node_modules/words/all.js', 'all'),
      ...doing('node_modules/words/index.js', 'index'),
    };
    expect(use(source, files)).toMatchObject({ kept: 'one', result: ['text of one', 'deep all index'] });
  });

  it('of a file without exports', () => {
    const files = {
      'node_modules/words/package.json': manifest('words', { sideEffects: ['./first.js', './second.js'] }),
      'node_modules/words/index.js': `import "./first.js"; ${WORDS['node_modules/words/index.js']}`,
      'node_modules/words/all.js': `import "./second.js"; ${WORDS['node_modules/words/all.js']}`,
      'node_modules/words/first.js': did('first'),
      'node_modules/words/second.js': did('second'),
    };
    expect(use(source, files)).toMatchObject({ kept: 'one', result: ['text of one', 'first second'] });
  });

  it.each(['index', 'all'])(
    'of %s.js in a package that declares none, for which the namespace is kept whole',
    (name) => {
      const { kept, result } = use(
        source,
        doing(`node_modules/words/${name}.js` as keyof typeof WORDS, name),
      );
      expect({ kept, result }).toEqual({ kept: 'one two low high', result: ['text of one', name] });
    },
  );
});

describe('the names of layer files', () => {
  const source = (name: string) => `import { w } from 'words'; export const handler = async () => w.${name};`;

  it('depend on the members of namespaces only', () => {
    const object = {
      'node_modules/words/index.js': 'import * as all from "./all.js"; export const w = { ...all };',
    };
    expect(use(source('one')).entry).not.toBe(use(source('two')).entry);
    expect(use(source('one'), object).entry).toBe(use(source('two'), object).entry);
  });

  it('do not depend on the version', () => {
    const upgraded = {
      'node_modules/words/package.json': manifest('words', { version: '2.0.0' }),
      'node_modules/words/words.js': WORDS['node_modules/words/words.js'].replace(
        'text of one',
        'text of one more',
      ),
    };
    expect(use(source('one'), upgraded).entry).toBe(use(source('one')).entry);
  });
});
