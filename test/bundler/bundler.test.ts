import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type App,
  CliCredentialsStackSynthesizer,
  LegacyStackSynthesizer,
  NestedStack,
  Stack,
  Stage,
} from 'aws-cdk-lib/core';
import { SharedLayer } from 'cdk-trellis';
import { codeFolder, logicalIds, runInLambda, templateOf, unpacked } from '../support/lambda.js';
import { oneFunction, Project, removeProjects } from '../support/project.js';
import { filesIn, synthesized } from '../support/synthesized.js';

afterAll(removeProjects);

/** Runs the only function of a project. */
function run(project: Project, script: string, layers: SharedLayer[] = []) {
  const { app, stack } = oneFunction(project, './lambda/main.js', { layers });
  const assembly = app.synth();
  const [id = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
  return runInLambda(assembly, stack, id, script);
}

function bundleError(files: Record<string, string>, layers: SharedLayer[] = []): string {
  const { app } = oneFunction(new Project(files), './lambda/main.js', { layers });
  try {
    app.synth();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('a bundled function', () => {
  it('runs with the packages it uses from the dependency layer', () => {
    const project = new Project({
      'lambda/main.ts': `import * as z from 'zod';
        import { parse } from './parse.js';
        export const handler = async (event: unknown) => parse(z.object({ id: z.string() }), event);`,
      'lambda/parse.ts': `import type { ZodType } from 'zod';
        export const parse = <T>(type: ZodType<T>, value: unknown): T => type.parse(value);`,
    });
    expect(run(project, "return handler({ id: 'a' })")).toEqual({ id: 'a' });
  });

  it.each<[string, string]>([
    ['a default import', "import z from 'zod'; export const handler = async () => z.string().parse('x');"],
    [
      'a namespace as a value',
      "import * as z from 'zod'; export const handler = async () => Object.keys({ ...z }).includes('string') && 'x';",
    ],
    ['a dynamic import', "export const handler = async () => (await import('zod')).string().parse('x');"],
    [
      'names of a dynamic import',
      "export const handler = async () => { const { string: text, gone } = await import('zod'); return gone ?? text().parse('x'); };",
    ],
    [
      'a dynamic import of a CommonJS package, by name',
      "export const handler = async () => { const { parse } = await import('@babel/parser'); return parse('x').program.body.length === 1 ? 'x' : ''; };",
    ],
    [
      'a dynamic import of a CommonJS package, by member',
      "export const handler = async () => ((await import('@babel/parser')).parse('x').program.body.length === 1 ? 'x' : '');",
    ],
    [
      'a dynamic import as a value',
      "export const handler = async () => { const all = await import('zod'); return Object.keys(all).includes('string') ? 'x' : ''; };",
    ],
    ['a re-export', "export { string } from 'zod'; export const handler = async () => 'x';"],
    [
      'a name with a dollar',
      "import * as $ from 'zod'; export const handler = async () => $.string().parse('x');",
    ],
    [
      'text that looks like a name',
      "import * as z from 'zod'; export const handler = async () => z.string().parse('z.nothing').replace(/.*/, 'x').slice(0, 1);",
    ],
    [
      'a CommonJS package',
      "import { parse } from '@babel/parser'; export const handler = async () => (parse('x').program.body.length === 1 ? 'x' : '');",
    ],
  ])('may use a package by %s', (_, source) => {
    expect(run(new Project({ 'lambda/main.ts': source }), 'return handler()')).toBe('x');
  });

  it('loads only the names it uses', () => {
    const project = new Project({
      'lambda/main.ts':
        "import { isAbsolute } from 'zod/v4/core/util.js'; export const handler = async () => typeof isAbsolute;",
    });
    project.write(
      'lambda/main.ts',
      "import { string } from 'zod/mini'; export const handler = async () => string().parse('x');",
    );
    const { app, stack } = oneFunction(project, './lambda/main.js');
    const assembly = app.synth();
    const code = readFileSync(
      join(
        codeFolder(assembly, stack, logicalIds(assembly, stack, 'AWS::Lambda::Function')[0]!),
        'index.mjs',
      ),
      'utf8',
    );
    expect(code).toMatch(/^import\{string\}from"\/opt\/nodejs\/v\/zod-mini-[0-9a-f]{8}\.mjs";/);
  });

  it('contains only the used names of a package that is imported dynamically', () => {
    const layerBytes = (source: string) => {
      const { layer } = synthesized(new Project({ 'lambda/main.ts': source }));
      return filesIn(layer).reduce((sum, name) => sum + statSync(join(layer, name)).size, 0);
    };
    const whole = layerBytes("export const handler = async () => Object.keys(await import('zod'));");
    for (const use of [
      "const { string } = await import('zod'); return string().parse('x');",
      "return (await import('zod')).string().parse('x');",
    ]) {
      expect(layerBytes(`export const handler = async () => { ${use} };`)).toBeLessThan(whole / 3);
    }
  });

  it('reports the TypeScript line of an error', () => {
    const project = new Project({
      'lambda/main.ts': `export const handler = async () => {\n  const text: string = 'no';\n\n  throw new Error(text);\n};\n`,
    });
    expect(run(project, 'return handler().catch((error) => error.stack)')).toContain('lambda/main.ts:4:9');
  });

  it('has each module once, with its layers and the runtime', () => {
    const project = new Project({
      'package.json': '{ "name": "shop", "private": true, "workspaces": ["layers/*"] }',
      'layers/commerce/package.json':
        '{ "name": "@shop/commerce", "version": "1.0.0", "type": "module", "exports": { ".": "./index.ts", "./errors": "./errors.ts" } }',
      'layers/commerce/index.ts': `import { ProblemError } from 'cdk-trellis/contract';
        import { ZodError, string } from 'zod';
        import { NotFound } from './errors.js';
        export const notFound = () => new NotFound();
        export const problem = () => new ProblemError({ status: 404, title: 'no' });
        export const invalid = () => string().safeParse(1).error;
        export { ZodError };`,
      'layers/commerce/errors.ts': 'export class NotFound extends Error {}',
      'lambda/main.ts': `import { invalid, notFound, problem } from '@shop/commerce';
        import { NotFound } from '@shop/commerce/errors';
        import { ProblemError } from 'cdk-trellis/contract';
        import { ZodError } from 'zod';
        export const handler = async () => [notFound() instanceof NotFound, problem() instanceof ProblemError, invalid() instanceof ZodError];`,
    });
    project.link('node_modules/@shop/commerce', project.path('layers/commerce'));
    const layer = SharedLayer.fromPackage(project.path('layers/commerce'));
    expect(run(project, 'return handler()', [layer])).toEqual([true, true, true]);
  });

  it("has a package once, imported by its name and by one of package.json's `imports`", () => {
    const manifest = (to: string) =>
      `{ "name": "shop", "private": true, "imports": { "#schema": "${to}", "#words": "./lambda/words.ts" } }`;
    const project = new Project({
      'package.json': manifest('zod'),
      'lambda/words.ts': "export const word = 'word';",
      'lambda/main.ts': `import { string as own } from '#schema';
        import { word } from '#words';
        import { string } from 'zod';
        export const handler = async () => [own === string, word];`,
    });
    expect(run(project, 'return handler()')).toEqual([true, 'word']);
    project.write('package.json', manifest('zod/mini'));
    expect(run(project, 'return handler()')).toEqual([false, 'word']);
  });

  it('does not change how files of other layers are loaded, which may be CommonJS', () => {
    const project = new Project({
      'lambda/main.ts':
        "import { string } from 'zod'; export const handler = async () => string().parse('x');",
    });
    const { app, stack } = oneFunction(project, './lambda/main.js');
    const assembly = app.synth();
    const [layer = ''] = logicalIds(assembly, stack, 'AWS::Lambda::LayerVersion');
    const files = readdirSync(codeFolder(assembly, stack, layer), { recursive: true, withFileTypes: true });
    const folders = files.filter((file) => file.isFile()).map((file) => file.parentPath);
    expect(folders.filter((folder) => !folder.includes('nodejs/v'))).toEqual([]);
  });

  it('is the same in any project folder', () => {
    const files = {
      'lambda/main.ts': "import * as z from 'zod'; export const handler = async () => z.string().parse('x');",
    };
    const hashes = [new Project(files), new Project(files)].map((project) => {
      const { app, stack } = oneFunction(project, './lambda/main.js');
      return app.synth().getStackArtifact(stack.artifactId).template;
    });
    expect(hashes[0]).toEqual(hashes[1]);
  });

  it('is built again when a function is added to an app after a synth', () => {
    const project = new Project({
      'lambda/main.ts': 'export const handler = async () => 1;',
      'lambda/second.ts':
        "import { string } from 'zod'; export const handler = async () => string().parse('2');",
    });
    const { app, stack } = oneFunction(project, './lambda/main.js');
    app.synth();
    project.add(stack, 'Second', './lambda/second.js');
    const assembly = app.synth({ force: true });
    const ids = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    expect(ids.map((id) => runInLambda(assembly, stack, id, 'return handler()'))).toEqual([1, '2']);
  });

  it('is in the assembly of the app when a stage is synthesized early, as pipelines do', () => {
    const project = new Project({ 'lambda/main.ts': 'export const handler = async () => 1;' });
    const app = project.app();
    const [beta, prod] = ['Beta', 'Prod'].map((name) => {
      const stage = new Stage(app, name);
      const stack = new Stack(stage, 'Shop');
      project.add(stack, 'Fn', './lambda/main.js');
      return { stack, assembly: stage.synth() };
    });
    app.synth();
    for (const { stack, assembly } of [beta!, prod!]) {
      const manifest = JSON.parse(
        readFileSync(join(assembly.directory, `${stack.artifactId}.assets.json`), 'utf8'),
      );
      const files: { source: { path: string } }[] = Object.values(manifest.files);
      const paths = files.map(({ source }) => source.path);
      const folders = paths.filter((path) => path.includes('asset.'));
      expect(folders.map((path) => existsSync(join(assembly.directory, path)))).toEqual([true, true]);
    }
  });

  it.each([
    ['an app', (app: App) => app],
    ['a stage', (app: App) => new Stage(app, 'Beta')],
  ])('of %s has the metadata by which `sam local` finds it and its layers', (_, scopeOf) => {
    const project = new Project({
      'lambda/main.ts': 'export const handler = async () => 1;',
      'layers/words/package.json': '{ "name": "words", "exports": "./index.ts" }',
      'layers/words/index.ts': 'export const words = 1;',
    });
    const app = project.app({ context: { 'aws:cdk:enable-asset-metadata': true } });
    const scope = scopeOf(app);
    const stack = new Stack(scope, 'Shop');
    const layers = [SharedLayer.fromPackage(project.path('layers/words'))];
    project.add(stack, 'Fn', './lambda/main.js', { layers });
    const cloud = app.synth();
    const assembly = scope === app ? cloud : cloud.getNestedAssembly((scope as Stage).artifactId);
    const { Resources } = templateOf(assembly, stack);
    const found = Object.entries<any>(Resources).filter(([, { Type }]) =>
      /^AWS::Lambda::(Fun|Lay)/.test(Type),
    );
    const folders = found.map(([id, { Metadata, Properties }]) => {
      // The rules of samcli/lib/samlib/resource_metadata_normalizer.py in aws-sam-cli.
      const { 'aws:asset:path': path, 'aws:asset:property': property, ...more } = Metadata;
      expect(more['aws:asset:is-bundled']).toBe(true);
      const folder = join(dirname(assembly.getStackArtifact(stack.artifactId).templateFullPath), path);
      expect(`${basename(folder, '.zip')}.zip`).toBe(`asset.${Properties[property].S3Key}`);
      return [id.replace(/\w{8}$/, ''), readdirSync(unpacked(folder.replace('.zip', '')))];
    });
    expect(Object.fromEntries(folders)).toEqual({
      NodeModules: ['nodejs'],
      WordsLayer: ['nodejs'],
      Fn: ['index.mjs', 'index.mjs.map'],
    });
  });

  it('has versions that change with its code', () => {
    const project = new Project({ 'lambda/main.ts': 'export const handler = async () => 1;' });
    const version = () => {
      const { app, stack, fn } = oneFunction(project, './lambda/main.js');
      fn.addAlias('live');
      const { template } = app.synth().getStackArtifact(stack.artifactId);
      const resources = Object.values<{ Type: string; Properties: { Description?: string } }>(
        template.Resources,
      );
      // CloudFormation replaces a version when its description changes.
      return resources.find(({ Type }) => Type === 'AWS::Lambda::Version')?.Properties.Description;
    };
    const first = version();
    expect(first).toMatch(/\S/);
    expect(version()).toBe(first);
    project.write('lambda/main.ts', 'export const handler = async () => 2;');
    expect(version()).not.toBe(first);
  });

  it.each<[string, (app: App) => Stack]>([
    [
      'the legacy synthesizer',
      (app) => new Stack(app, 'Shop', { synthesizer: new LegacyStackSynthesizer() }),
    ],
    [
      "the synthesizer for the CLI's credentials",
      (app) => new Stack(app, 'Shop', { synthesizer: new CliCredentialsStackSynthesizer() }),
    ],
    ['a nested stack', (app) => new NestedStack(new Stack(app, 'Shop'), 'Nested')],
  ])('is uploaded as an asset with %s', (_, stackIn) => {
    const project = new Project({
      'lambda/main.ts':
        "import { string } from 'zod'; export const handler = async () => string().parse('x');",
    });
    const app = project.app();
    project.add(stackIn(app), 'Fn', './lambda/main.js');
    const { directory } = app.synth();
    const assets = readdirSync(directory).filter((name) => /^asset\.\w{64}(\.zip)?$/.test(name));
    const lists = readdirSync(directory).filter((name) => /(assets|metadata)\.json$/.test(name));
    const listed = lists.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
    const folders = assets.map((name) => unpacked(join(directory, name.replace('.zip', ''))));
    expect(folders.map((folder) => readdirSync(folder)[0])).toEqual(
      expect.arrayContaining(['index.mjs', 'nodejs']),
    );
    for (const name of assets) expect(listed).toContain(`"path": "${name}"`);
  });

  it('is built only for the selected stacks', () => {
    const project = new Project({
      'lambda/main.ts': 'export const handler = async () => 1;',
      'lambda/broken.ts': "import './absent.js';\nexport const handler = async () => 1;",
    });
    const app = project.app({ context: { 'aws:cdk:bundling-stacks': ['Shop'] } });
    const [shop, other] = ['Shop', 'Other'].map((id) => new Stack(app, id)) as [Stack, Stack];
    project.add(shop, 'Fn', './lambda/main.js');
    project.add(other, 'Fn', './lambda/broken.js');
    const assembly = app.synth();
    const [id = ''] = logicalIds(assembly, shop, 'AWS::Lambda::Function');
    expect(runInLambda(assembly, shop, id, 'return handler()')).toBe(1);
  });

  it('is not built for other stacks', () => {
    const project = new Project({
      'lambda/main.ts': "import './broken.js';\nexport const handler = async () => 1;",
    });
    const app = project.app({ context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new Stack(app, 'Shop');
    project.add(stack, 'Fn', './lambda/main.js');
    expect(() => app.synth()).not.toThrow();
  });
});

describe('bundling fails', () => {
  it('with file, line, text and construct for a syntax error', () => {
    const files = {
      'lambda/main.ts': "import { x } from './broken.js';\nexport const handler = async () => x;",
      'lambda/broken.ts': 'export const x = 1;\nexport const y = (;',
    };
    expect(bundleError(files)).toMatch(
      /^The code of Shop\/Fn cannot be bundled \(from .*lambda\/main\.ts\):\n {2}lambda\/broken\.ts:2:19: Unexpected ";"$/,
    );
  });

  it('with the errors of all functions at once', () => {
    const project = new Project({
      'lambda/one.ts': "import './a.js';\nexport const handler = async () => 1;",
      'lambda/two.ts': "import './b.js';\nexport const handler = async () => 2;",
      'lambda/good.ts': 'export const handler = async () => 3;',
    });
    const app = project.app();
    const stack = new Stack(app, 'Shop');
    for (const name of ['one', 'good', 'two']) project.add(stack, name, `./lambda/${name}.js`);
    expect(() => app.synth()).toThrow(
      /^The code of Shop\/one cannot be bundled .*\n {2}lambda\/one\.ts:1:8: Could not resolve "\.\/a\.js"\. The file does not exist\.\nThe code of Shop\/two cannot be bundled .*\n {2}lambda\/two\.ts:1:8: Could not resolve "\.\/b\.js"\. The file does not exist\.$/,
    );
  });

  it.each(['aws-cdk-lib', 'aws-cdk-lib/aws-s3', 'constructs', 'cdk-trellis'])(
    'for an import of %s',
    (name) => {
      const files = {
        'lambda/main.ts': `import * as x from '${name}';\nexport const handler = async () => x;`,
      };
      expect(bundleError(files)).toContain(`lambda/main.ts:1:20: "${name}" exists at synth only`);
    },
  );

  it('for a package that is imported by require', () => {
    const files = { 'lambda/main.ts': "const z = require('zod');\nexport const handler = async () => z;" };
    expect(bundleError(files)).toContain(
      'lambda/main.ts:1:19: Handlers are bundled as ES modules: write `import`',
    );
  });

  it('for a package that is not installed', () => {
    const files = { 'lambda/main.ts': "import x from 'absent';\nexport const handler = async () => x;" };
    expect(bundleError(files)).toContain(
      'lambda/main.ts:1:15: Could not resolve "absent". Install it, or name it in `bundling.external` if a layer of yours has it.',
    );
  });

  it.each([
    ['./gone.js', 'Could not resolve "./gone.js". The file does not exist.'],
    [
      'zod/gone',
      'Could not resolve "zod/gone". Install the package, in a version that exports this path, or name it in `bundling.external` if a layer of yours has it.',
    ],
    [
      './main.page',
      "No loader is configured for \".page\" files: lambda/main.page. Set a loader, as in `bundling: { loader: { '.page': 'text' } }`.",
    ],
  ])('for an import of %s, with the remedy', (path, message) => {
    const handler = `import x from '${path}';\nexport const handler = async () => x;`;
    expect(bundleError({ 'lambda/main.ts': handler, 'lambda/main.page': '' })).toContain(message);
  });

  it('for a name that a package does not export', () => {
    const files = {
      'lambda/main.ts': "import { nothing } from 'zod';\nexport const handler = async () => nothing;",
    };
    expect(bundleError(files)).toContain('node_modules/zod/index.js" for import "nothing" (of "zod")');
  });

  it('for a name that a package does not export, even if another function reads it as an optional member', () => {
    const project = new Project({
      'lambda/one.ts': "import * as z from 'zod';\nexport const handler = async () => z.nothing;",
      'lambda/two.ts': "import { nothing } from 'zod';\nexport const handler = async () => nothing;",
    });
    for (const names of [
      ['one', 'two'],
      ['two', 'one'],
    ]) {
      const app = project.app();
      const stack = new Stack(app, 'Shop');
      for (const name of names) project.add(stack, name, `./lambda/${name}.js`);
      expect(() => app.synth()).toThrow('for import "nothing" (of "zod")');
    }
  });

  it('for a CommonJS package as a whole', () => {
    const files = {
      'lambda/main.ts': "import * as x from '@babel/parser';\nexport const handler = async () => ({ ...x });",
    };
    expect(bundleError(files)).toContain(
      '"@babel/parser" is a CommonJS package, whose names are known only at run time: import the names you use',
    );
  });
});
