import { chmodSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { BundlingOptions } from 'cdk-trellis';
import { Project, removeProjects } from '../support/project.js';
import { filesIn, synthError, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

/** An option, its effect on a bundle, and a file that it depends on besides the sources. */
interface Case {
  readonly option: keyof BundlingOptions;
  readonly files: Record<string, string>;
  readonly bundling: (project: Project) => BundlingOptions;
  /** Results of `handler()` without and with the option. */
  readonly results: readonly [without: unknown, withOption: unknown];
  readonly change?: { readonly file: string; readonly text: string; readonly result: unknown };
}

const main = (text: string) => ({ 'lambda/main.ts': text });

const CASES: readonly Case[] = [
  {
    option: 'define',
    files: main('export const handler = async () => process.env.STAGE ?? "none";'),
    bundling: () => ({ define: { 'process.env.STAGE': '"beta"' } }),
    results: ['none', 'beta'],
  },
  {
    option: 'loader',
    files: {
      ...main('import data from "./data.json"; export const handler = async () => data;'),
      'lambda/data.json': '{ "a": 1 }',
    },
    bundling: () => ({ loader: { '.json': 'text' } }),
    results: [{ a: 1 }, '{ "a": 1 }'],
  },
  {
    option: 'alias',
    files: {
      ...main('import { string } from "zod/mini"; export const handler = async () => typeof string;'),
      'lambda/fake.ts': 'export const string = 1;',
    },
    bundling: (project) => ({ alias: { zod: 'absent', 'zod/mini': project.path('lambda/fake.ts') } }),
    results: ['function', 'number'],
    change: { file: 'lambda/fake.ts', text: 'export const string = true;', result: 'boolean' },
  },
  {
    option: 'inject',
    files: {
      ...main('export const handler = async () => (globalThis as any).polyfilled ?? false;'),
      'lambda/polyfill.ts': 'import { value } from "./value.js"; (globalThis as any).polyfilled = value;',
      'lambda/value.ts': 'export const value = 1;',
    },
    bundling: (project) => ({ inject: [project.path('lambda/polyfill.ts')] }),
    results: [false, 1],
    change: { file: 'lambda/value.ts', text: 'export const value = 2;', result: 2 },
  },
  {
    option: 'conditions',
    files: {
      ...main('import { text } from "#text"; export const handler = async () => text;'),
      'package.json':
        '{ "name": "shop", "imports": { "#text": { "beta": "./beta.ts", "default": "./text.ts" } } }',
      'beta.ts': 'export const text = "beta";',
      'text.ts': 'export const text = "text";',
    },
    bundling: () => ({ conditions: ['beta'] }),
    results: ['text', 'beta'],
    change: {
      file: 'package.json',
      text: '{ "name": "shop", "imports": { "#text": "./text.ts" } }',
      result: 'text',
    },
  },
  {
    option: 'tsconfig',
    files: {
      ...main('import { text } from "@text"; export const handler = async () => text;'),
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@text": ["./one.ts"] } } }',
      'tsconfig.other.json': '{ /* as bases are */ "extends": "./config/base" }',
      'config/base.json': '{ "compilerOptions": { "paths": { "@text": ["../two.ts"] } } }',
      'one.ts': 'export const text = 1;',
      'two.ts': 'export const text = 2;',
      'three.ts': 'export const text = 3;',
    },
    bundling: (project) => ({ tsconfig: project.path('tsconfig.other.json') }),
    results: [1, 2],
    change: {
      file: 'config/base.json',
      text: '{ "compilerOptions": { "paths": { "@text": ["../three.ts"] } } }',
      result: 3,
    },
  },
  {
    option: 'banner',
    files: main('export const handler = async () => (globalThis as any).banner ?? "none";'),
    bundling: () => ({ banner: 'globalThis.banner = "first";' }),
    results: ['none', 'first'],
  },
  {
    option: 'keepNames',
    files: main(
      'function Order() {}\nnamespace other { export class Order {} }\nexport const handler = async () => [Order.name, other.Order.name];',
    ),
    bundling: () => ({ keepNames: true }),
    results: [
      ['Order', 'Order2'],
      ['Order', 'Order'],
    ],
  },
  {
    option: 'plugins',
    files: {
      ...main('import text from "shout:hello"; export const handler = async () => text;'),
      'build/shout.mjs': `import { upper } from './upper.mjs';
        export default [{ name: 'shout', setup(build) {
          build.onResolve({ filter: /^shout:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'shout' }));
          build.onLoad({ filter: /.*/, namespace: 'shout' }, ({ path }) => ({ contents: 'export default ' + JSON.stringify(upper(path)) }));
        } }];`,
      'build/upper.mjs': 'export const upper = (text) => text.toUpperCase();',
    },
    bundling: (project) => ({ plugins: [project.path('build/shout.mjs')] }),
    results: [/Could not resolve "shout:hello"/, 'HELLO'],
    change: {
      file: 'build/upper.mjs',
      text: "export const upper = (text) => text.toUpperCase() + '!';",
      result: 'HELLO!',
    },
  },
  {
    option: 'plugins',
    files: {
      ...main('import text from "./order.tpl"; export const handler = async () => text;'),
      'lambda/order.tpl': 'order',
      'lambda/head.tpl': 'head',
      'build/tpl.cjs': `const { readFileSync } = require('node:fs');
        const { join, dirname } = require('node:path');
        module.exports = { name: 'tpl', setup(build) {
          build.onLoad({ filter: /\\.tpl$/ }, ({ path }) => {
            const head = join(dirname(path), 'head.tpl');
            return { contents: readFileSync(head, 'utf8') + ' ' + readFileSync(path, 'utf8'), loader: 'text', watchFiles: [head] };
          });
        } };`,
    },
    bundling: (project) => ({ plugins: [project.path('build/tpl.cjs')] }),
    results: [/No loader is configured for "\.tpl" files/, 'head order'],
    change: { file: 'lambda/head.tpl', text: 'other head', result: 'other head order' },
  },
];

describe.each(CASES.map((item) => [`bundling.${item.option}`, item] as const))(
  '%s',
  (_, { files, bundling, results, change }) => {
    const project = new Project(files);
    const result = (options: BundlingOptions = {}) => {
      const error = synthError(project, { bundling: options });
      return error === 'no error'
        ? synthesized(project, { bundling: options }).run('return handler()')
        : error;
    };

    it('affects only the bundles that set it', () => {
      const [without, withOption] = results;
      if (without instanceof RegExp) expect(result()).toMatch(without);
      else expect(result()).toEqual(without);
      expect(result(bundling(project))).toEqual(withOption);
      if (!(without instanceof RegExp)) expect(result()).toEqual(without);
    });

    if (change) {
      it(`is read again when ${change.file} has changed`, () => {
        project.write(change.file, change.text);
        expect(result(bundling(project))).toEqual(change.result);
      });
    }
  },
);

describe('bundling.minify', () => {
  const project = new Project(
    main(`function multiply(first: number, second: number) { return first * second; }
      export const handler = async (event: number) => multiply(event, event) + multiply(event, 1);`),
  );

  it('is off by default: names are kept', () => {
    expect(synthesized(project).text).toContain('function multiply(first,second)');
  });

  it('shortens names', () => {
    const { text, run } = synthesized(project, { bundling: { minify: true } });
    expect(text).toMatch(/function \w\(\w,\w\)/);
    expect(run('return handler(3)')).toBe(12);
  });
});

describe('bundling.sourceMap', () => {
  const project = new Project(
    main('export const handler = async () => {\n  const text: string = "no";\n  throw new Error(text);\n};'),
  );
  const stack = "return handler().catch((error) => error.stack.split('\\n')[1])";

  it('is on by default: an error has the TypeScript line', () => {
    expect(synthesized(project).run(stack)).toMatch(/lambda\/main\.ts:3:9\)?$/);
  });

  it('when off, omits the map and its URL', () => {
    const { code, text, run } = synthesized(project, { bundling: { sourceMap: false } });
    expect(filesIn(code)).toEqual(['index.mjs']);
    expect(text).not.toContain('sourceMappingURL');
    expect(run(stack)).toMatch(/task\/index\.mjs:1:\d+\)?$/);
  });

  it('matches the code below a banner', () => {
    const banner = '// one\n// two\n// three';
    expect(synthesized(project, { bundling: { banner } }).run(stack)).toMatch(/lambda\/main\.ts:3:9\)?$/);
  });
});

it('files of the loaders `file` and `copy` are next to the code', () => {
  const project = new Project({
    ...main(`import { readFileSync } from 'node:fs';
      import page from './page.html';
      import data from './data.bin';
      const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
      export const handler = async () => [read(page), read(data)];`),
    'lambda/page.html': '<p>page</p>',
    'lambda/data.bin': 'data',
  });
  const { code, run } = synthesized(project, { bundling: { loader: { '.html': 'file', '.bin': 'file' } } });
  expect(run('return handler()')).toEqual(['<p>page</p>', 'data']);
  expect(filesIn(code)).toEqual([
    expect.stringMatching(/^data-\w+\.bin$/),
    'index.mjs',
    'index.mjs.map',
    expect.stringMatching(/^page-\w+\.html$/),
  ]);
});

describe('bundling.external', () => {
  it('keeps an import', () => {
    const project = new Project(main("import x from 'elsewhere'; export const handler = async () => x;"));
    const { text } = synthesized(project, { bundling: { external: ['elsewhere'] } });
    expect(text).toContain('from"elsewhere"');
  });
});

describe('bundling.files', () => {
  const FILES = {
    ...main(`import { readFileSync } from 'node:fs';
      const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
      export const handler = async () => [read('./templates/mail/order.html'), read('./terms.txt')];`),
    'lambda/templates/mail/order.html': '<p>Thanks</p>',
    'lambda/templates/run.sh': '#!/bin/sh',
    'terms.txt': 'No returns.',
  };
  const project = new Project(FILES);
  const bundling = {
    files: { templates: project.path('lambda/templates'), 'terms.txt': project.path('terms.txt') },
  };

  it('copies folders and files next to the code, where the handler finds them', () => {
    const { code, run } = synthesized(project, { bundling });
    expect(filesIn(code)).toEqual([
      'index.mjs',
      'index.mjs.map',
      'templates/mail/order.html',
      'templates/run.sh',
      'terms.txt',
    ]);
    expect(run('return handler()')).toEqual(['<p>Thanks</p>', 'No returns.']);
  });

  it('keeps executable files executable, and gives all others the mode that Lambda needs', () => {
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
    chmodSync(project.path('terms.txt'), 0o600);
    const before = synthesized(project, { bundling });
    chmodSync(project.path('lambda/templates/run.sh'), 0o700);
    const { code, hash } = synthesized(project, { bundling });
    expect(mode(join(code, 'templates/run.sh'))).toBe('755');
    expect(mode(join(code, 'terms.txt'))).toBe('644');
    expect(hash).not.toBe(before.hash);
  });

  it.each<[string, () => void]>([
    ['changed', () => project.write('terms.txt', 'Returns within a week.')],
    ['added to a folder', () => project.write('lambda/templates/new.html', 'new')],
  ])('copies again when a file is %s', (_, change) => {
    const before = synthesized(project, { bundling }).hash;
    expect(synthesized(project, { bundling }).hash).toBe(before);
    change();
    expect(synthesized(project, { bundling }).hash).not.toBe(before);
  });

  it('has the same hash for any order of the properties', () => {
    const files = Object.fromEntries(Object.entries(bundling.files).reverse());
    expect(synthesized(project, { bundling: { files } }).hash).toBe(synthesized(project, { bundling }).hash);
  });

  it('may copy the content of a folder to the top level', () => {
    const { code } = synthesized(project, { bundling: { files: { '.': project.path('lambda/templates') } } });
    expect(filesIn(code)).toContain('mail/order.html');
  });

  it('finds files from the working directory upwards', () => {
    const { code } = synthesized(project, { bundling: { files: { 'notes/LICENSE': 'LICENSE' } } });
    expect(readFileSync(join(code, 'notes/LICENSE'), 'utf8')).toBe(readFileSync('LICENSE', 'utf8'));
  });

  it.each(['../outside', '/etc/x', 'a/../../b', ''])('rejects "%s", which is outside the folder', (place) => {
    expect(synthError(project, { bundling: { files: { [place]: 'LICENSE' } } })).toBe(
      `\`bundling.files\` must have relative paths inside the function's folder as keys, got "${place}" (at Shop/Fn)`,
    );
  });

  it('rejects a file that does not exist', () => {
    expect(synthError(project, { bundling: { files: { x: 'lambda/absent' } } })).toBe(
      `\`bundling.files\` must name existing files, got lambda/absent (searched from ${process.cwd()} upwards, at Shop/Fn)`,
    );
  });

  it.each(['index.mjs', './index.mjs', 'index.mjs.map'])(
    'rejects a file with the name of the bundle, %s',
    (place) => {
      expect(synthError(project, { bundling: { files: { [place]: 'LICENSE' } } })).toContain(
        `\`files\` must not have a file for ${place.replace('./', '')}: it is the name of the bundle`,
      );
    },
  );

  it('rejects two files for one path', () => {
    const files = { ...bundling.files, 'templates/run.sh': 'LICENSE' };
    expect(synthError(project, { bundling: { files } })).toContain(
      '`files` must have one file for templates/run.sh, got a second one:',
    );
  });

  it('rejects a link cycle', () => {
    const endless = new Project({ ...FILES, 'data/a.txt': 'a' });
    symlinkSync(endless.path('data'), endless.path('data/again'));
    expect(synthError(endless, { bundling: { files: { data: endless.path('data') } } })).toContain(
      'data/again is a link to one of its parent folders',
    );
  });
});

describe('bundling is rejected', () => {
  const project = new Project(main('export const handler = async () => 1;'));
  const errorOf = (bundling: object) => synthError(project, { bundling });

  it.each(['format', 'outdir', 'splitting'])('with %s, which the library sets', (name) => {
    expect(errorOf({ [name]: 'x' })).toMatch(
      new RegExp(
        `^\`bundling.${name}\` is not a property of \`bundling\` \\(it has .*define, .*\\): remove it \\(at Shop/Fn\\)$`,
      ),
    );
  });

  it.each(['tsconfig', 'inject', 'plugins', 'alias'])('with a file for %s that does not exist', (name) => {
    const value = { tsconfig: './absent', alias: { x: './absent' } }[name] ?? ['./absent'];
    expect(errorOf({ [name]: value })).toContain(
      `\`bundling.${name}\` must name existing files, got ./absent`,
    );
  });

  it('with a plugin module without plugins', () => {
    project.write('build/none.mjs', 'export default 1;');
    expect(errorOf({ plugins: [project.path('build/none.mjs')] })).toContain(
      'The plugin build/none.mjs must have an esbuild plugin ({ name, setup }) or a list of them as its default export, got number.',
    );
  });

  it('with a plugin that fails, by its name', () => {
    project.write(
      'build/fails.mjs',
      "export default { name: 'fails', setup(build) { build.onLoad({ filter: /main/ }, () => ({ errors: [{ text: 'not today' }] })); } };",
    );
    expect(errorOf({ plugins: [project.path('build/fails.mjs')] })).toMatch(
      /The code of Shop\/Fn cannot be bundled .*\n {2}not today \(plugin fails\)$/,
    );
  });

  it('with a plugin module that throws', () => {
    project.write('build/throws.mjs', "throw new Error('no config');");
    expect(errorOf({ plugins: [project.path('build/throws.mjs')] })).toContain(
      'The plugin build/throws.mjs cannot be loaded: Error: no config',
    );
  });

  it('with a package for nodeModules that is not installed', () => {
    expect(errorOf({ nodeModules: ['absent'] })).toContain(
      '`bundling.nodeModules` must name installed packages, got absent (searched from',
    );
  });
});
