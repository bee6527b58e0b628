import { join } from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { entryOf } from '../../lib/handler/entry.js';
import { create } from '../function/fixtures/ambiguous/helper.js';
import { importing } from '../function/fixtures/caller.js';
import { create as importingNamespace } from '../function/fixtures/value-import/by-namespace.js';
import { create as importingTypes } from '../function/fixtures/value-import/by-type.js';
import { create as importingValues } from '../function/fixtures/value-import/by-value.js';
import { Project, removeProjects } from '../support/project.js';
import { newStack } from '../support/template.js';

afterAll(removeProjects);

const fixture = (path: string) => join(__dirname, '../function/fixtures', path);
const imports = (text: string) => Object.assign(() => undefined, { toString: () => text });

describe('the file of a handler', () => {
  it('is found next to the file that has the import, as TypeScript for .js', () => {
    expect(entryOf(() => import('../function/fixtures/handlers/plain.js'))).toBe(
      fixture('handlers/plain.ts'),
    );
  });

  it.each([
    "() => import('../function/fixtures/handlers/plain.js')",
    '()=>Promise.resolve().then(()=>__importStar(require("../function/fixtures/handlers/plain.js")))',
    '()=>{cov_1.f[0]++;cov_1.s[0]++;return Promise.resolve().then(()=>_interop_require_wildcard(require("../function/fixtures/handlers/plain.js")));}',
    '() => import(/* webpackChunkName: "x" */ `../function/fixtures/handlers/plain.js`)',
    "() => Promise.resolve().then(() => jitiImport('../function/fixtures/handlers/plain.js').then((m) => _interopRequireWildcard(m)))",
  ])('is read from the compiled import: %s', (text) => {
    expect(entryOf(imports(text))).toBe(fixture('handlers/plain.ts'));
  });

  it.each([
    '() => import("./gr\\xFC\\xDFe.js")',
    "() => import('./gr\\u00fc\\u{df}e.js')",
    '() => import("./grüße.js")',
    "() => import(\n  // The one with the umlaut\n  './grüße.js',\n)",
  ])('is read with escaped characters: %s', (text) => {
    const project = new Project({
      'grüße.ts': '',
      'app.cjs': "'./grüße.js'; module.exports = (use) => use();",
    });
    const call = require(project.path('app.cjs'));
    expect(call(() => entryOf(imports(text)))).toBe(project.path('grüße.ts'));
  });

  it('may have a dollar in its name', () => {
    const project = new Project({ '$id.ts': '', 'app.cjs': "'./$id.js'; module.exports = (use) => use();" });
    const call = require(project.path('app.cjs'));
    expect(call(() => entryOf(imports("() => import('./$id.js')")))).toBe(project.path('$id.ts'));
  });

  it.each(['/infra/lambda/place.ts', '/@fs/ROOT/infra/lambda/place.ts', '/infra/lambda/place.ts?t=1'])(
    'is found where Vitest has resolved the import, to %s',
    (path) => {
      const project = new Project({
        'infra/lambda/place.ts': '',
        'other/lambda/place.ts': '',
        'infra/stacks/app.cjs':
          "'../lambda/place.js'; '../lambda/other.js'; module.exports = (use) => use();",
      });
      const call = require(project.path('infra/stacks/app.cjs'));
      const url = path.replace('/ROOT', project.folder);
      const handler = imports(`() => __vite_ssr_dynamic_import__("${url}")`);
      expect(call(() => entryOf(handler))).toBe(project.path('infra/lambda/place.ts'));
    },
  );

  const map = (...sources: string[]) => JSON.stringify({ version: 3, sourceRoot: '', sources });
  const inline = (text: string) => `data:application/json;base64,${Buffer.from(text).toString('base64')}`;

  it.each([
    ['a file', 'app.cjs.map', map('../src/app.ts')],
    ['its end', inline(map('../src/app.ts')), ''],
    ['a file, of a bundle', 'app.cjs.map', map('../src/other.ts', '../src/app.ts', '../src/gone.ts')],
  ])('is the source if the app was compiled into another folder, with a source map in %s', (_, url, text) => {
    const app = "'./lambda/place.js';";
    const project = new Project({
      'src/app.ts': app,
      'src/other.ts': '',
      'src/lambda/place.ts': '',
      'out/app.cjs': `${app} module.exports = (use) => use();\n//# sourceMappingURL=${url}\n`,
      'out/app.cjs.map': text,
      'out/lambda/place.js': '',
    });
    const call = require(project.path('out/app.cjs'));
    const handler = imports("() => import('./lambda/place.js')");
    expect(call(() => entryOf(handler))).toBe(project.path('src/lambda/place.ts'));
  });

  it.each([
    ['does not exist', 'gone.map', ''],
    ['is damaged', 'app.cjs.map', '{'],
    ['belongs to another file', 'app.cjs.map', map('../src/other.ts')],
  ])('is the compiled file if the source map %s', (_, url, text) => {
    const project = new Project({
      'src/other.ts': '',
      'out/app.cjs': `'./place.js'; module.exports = (use) => use();\n//# sourceMappingURL=${url}`,
      'out/app.cjs.map': text,
      'out/place.js': '',
    });
    const call = require(project.path('out/app.cjs'));
    expect(call(() => entryOf(imports("() => import('./place.js')")))).toBe(project.path('out/place.js'));
  });

  it('is found through functions of other files', () => {
    const nested = () => [1].map(() => entryOf(() => import('../function/fixtures/handlers/orders.js')));
    expect(nested()).toEqual([fixture('handlers/orders.ts')]);
  });

  it('restores the stack trace settings', () => {
    const { prepareStackTrace, stackTraceLimit } = Error;
    entryOf(() => import('../function/fixtures/handlers/plain.js'));
    expect([Error.prepareStackTrace, Error.stackTraceLimit]).toEqual([prepareStackTrace, stackTraceLimit]);
  });

  it('is an error that lists the candidates when two files match', () => {
    expect(() => importing((handler) => create(() => entryOf(handler)))).toThrow(
      [
        '`handler` imports `./handlers/plain.js`, which is ambiguous:',
        '  - test/function/fixtures/ambiguous/handlers/plain.ts (written in test/function/fixtures/ambiguous/helper.ts)',
        '  - test/function/fixtures/handlers/plain.ts (written in test/function/fixtures/caller.ts)',
        'Rename one of the files, or write the paths differently.',
      ].join('\n'),
    );
  });

  it('is an error that lists the searched files when no file contains the import', () => {
    // Not literal: this file would contain it.
    expect(() => entryOf(imports(`() => import('./${'absent'}.js')`))).toThrow(
      /imports `\.\/absent\.js`, but no file .* contains that text\. Searched files:\n {2}- test\/handler\/entry\.test\.ts/s,
    );
  });

  it('is an error that names the file when it does not exist', () => {
    // Not literal: this file would contain it, too.
    const path = `../lambda/${'plcae'}.js`;
    const project = new Project({ 'bin/app.cjs': `'${path}'; module.exports = (use) => use();` });
    const call = require(project.path('bin/app.cjs'));
    expect(() => call(() => entryOf(imports(`() => import('${path}')`)))).toThrow(
      /which does not exist:\n {2}- \S*\/lambda\/plcae\.js, nor \.ts or \.tsx \(written in \S*bin\/app\.cjs\)\nCorrect the path/,
    );
  });

  it('is an error with the remedy when the app was bundled together with the handler', () => {
    expect(() =>
      entryOf(imports('() => Promise.resolve().then(() => (init_place(), place_exports))')),
    ).toThrow(
      'The app was bundled together with the handler. Run the app from its sources, or bundle it with code splitting.',
    );
  });

  it('is an error when it is computed', () => {
    const name = 'plain';
    expect(() => entryOf(() => import(`../fixtures/handlers/${name}.js`))).toThrow(
      "`handler` must be a function with a literal import, `() => import('./place.js')`, got `",
    );
  });

  it('is an error when it is a package', () => {
    expect(() => entryOf(() => import('zod'))).toThrow(
      'must import a file of the project by a relative path, got `zod`',
    );
  });
});

describe('a stack that imports a handler', () => {
  it.each([
    ['by-value', importingValues],
    ['by-namespace', importingNamespace],
  ])('for its values (%s) is warned: synth runs what runs in Lambda', (name, make) => {
    const stack = newStack();
    make(stack);
    Annotations.fromStack(stack).hasWarning(
      '/Stack',
      Match.stringLikeRegexp(
        `value-import/${name}.ts imports test/function/fixtures/handlers/plain.ts for its values.*Use \`import type\`.*\\(at Stack/Place\\)`,
      ),
    );
  });

  it('for its types has no warning', () => {
    const stack = newStack();
    importingTypes(stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('a library of constructs that is compiled to CommonJS', () => {
  const SOURCE =
    "import { handle, text } from 'cdk-trellis/runtime';\nexport const handler = handle({ stage: text() }, async () => 1);";
  const COMPILED =
    '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.handler = 1;\n';
  const inPackage = (files: Record<string, string>) => {
    const project = new Project({
      'node_modules/@acme/constructs/package.json': '{ "name": "@acme/constructs", "version": "1.0.0" }',
      'node_modules/@acme/constructs/lib/index.js': "'./place.js'; module.exports = (use) => use();",
    });
    for (const [path, content] of Object.entries(files))
      project.write(`node_modules/@acme/constructs/${path}`, content);
    const call = require(project.path('node_modules/@acme/constructs/lib/index.js'));
    const place = (path: string) => project.path(`node_modules/@acme/constructs/${path}`);
    return { entry: () => call(() => entryOf(imports("() => import('./place.js')"))), place };
  };

  it('has the handlers of its sources if it publishes them with source maps', () => {
    const { entry, place } = inPackage({
      'lib/place.js': `${COMPILED}//# sourceMappingURL=place.js.map\n`,
      'lib/place.js.map': '{ "version": 3, "sources": ["../src/place.ts"] }',
      'src/place.ts': SOURCE,
    });
    expect(entry()).toBe(place('src/place.ts'));
  });

  it('has its compiled handlers if they are ES modules or their sources do not exist', () => {
    const es = inPackage({
      'lib/place.js': 'export const handler = async () => 1;\n//# sourceMappingURL=place.js.map\n',
      'lib/place.js.map': '{ "version": 3, "sources": ["../src/place.ts"] }',
      'src/place.ts': SOURCE,
    });
    expect(es.entry()).toBe(es.place('lib/place.js'));
    const alone = inPackage({ 'lib/place.js': `${COMPILED}//# sourceMappingURL=place.js.map\n` });
    expect(alone.entry()).toBe(alone.place('lib/place.js'));
  });
});
