import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { SharedLayer } from 'cdk-trellis';
import { layersOf } from '../../lib/cli/layer-report.js';
import { Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

const PATHS = { 'aws:cdk:enable-path-metadata': true };

function shop() {
  const project = new Project({
    'lambda/text.ts':
      "import * as z from 'zod';\nexport const handler = async (event: unknown) => z.string().parse(event);",
    'lambda/money.ts': "import { inEuro } from '@shop/money';\nexport const handler = async () => inEuro(1);",
    'layers/money/package.json': '{ "name": "@shop/money", "version": "1.2.0", "exports": "./index.ts" }',
    'layers/money/index.ts':
      "import { GetCommand } from '@aws-sdk/lib-dynamodb';\nexport const inEuro = (n: number) => [n, GetCommand.name];",
  });
  return { project, money: SharedLayer.fromPackage(project.path('layers/money')) };
}

const plain = (stack: Stack, layer: SharedLayer) =>
  new LambdaFunction(stack, 'Plain', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('export const handler = async () => 1;'),
    layers: layer.versionsIn(stack),
  });

it('an app may have empty stacks', () => {
  const project = new Project();
  const app = project.app();
  new NestedStack(new Stack(app, 'Empty'), 'Nested');
  new Stack(app, 'EmptyToo');
  expect(layersOf(app.synth().directory)).toEqual([]);
});

describe.each([
  ['with paths in its templates', PATHS],
  ['without paths in its templates', {}],
])('the layers of an app %s', (_, context) => {
  it('are reported with their packages, files and functions', () => {
    const { project, money } = shop();
    const app = project.app({ context });
    const stack = new Stack(app, 'Shop');
    project.add(stack, 'Text', './lambda/text.js');
    project.add(stack, 'Money', './lambda/money.js', { layers: [money] });
    plain(stack, money);
    const [automatic, shared] = layersOf(app.synth().directory);
    expect(automatic).toMatchObject({
      path: 'Shop/NodeModules',
      kind: 'dependency',
      functions: ['Shop/Text', 'Shop/Money', 'Shop/Plain'],
    });
    const packages = new Map(automatic!.packages.map((item) => [item.name, item]));
    const versionOf = (name: string) => require(`${name}/package.json`).version;
    expect(packages.get('zod')).toEqual({
      name: 'zod',
      version: versionOf('zod'),
      bytes: expect.any(Number),
      imports: { zod: ['string'] },
    });
    expect(packages.get('@aws-sdk/lib-dynamodb')).toMatchObject({
      version: versionOf('@aws-sdk/lib-dynamodb'),
      imports: { '@aws-sdk/lib-dynamodb': ['GetCommand'] },
    });
    // A package that only another package imports.
    expect(packages.get('@smithy/core')).toMatchObject({ imports: {} });
    expect(shared).toMatchObject({
      path: 'Shop/ShopMoneyLayer',
      kind: 'shared',
      packages: [{ name: '@shop/money', version: '1.2.0' }],
      functions: ['Shop/Money', 'Shop/Plain'],
    });
    expect(Object.keys(shared!.files)).toEqual([
      'nodejs/node_modules/@shop/money/index.mjs',
      'nodejs/node_modules/@shop/money/index.mjs.map',
      'nodejs/node_modules/@shop/money/package.json',
    ]);
    for (const { bytes, files } of [automatic!, shared!]) {
      expect(bytes).toBe(Object.values(files).reduce((sum, size) => sum + size, 0));
    }
    const inPackages = automatic!.packages.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    // The rest is esbuild's code around the packages: imports and exports.
    expect(inPackages / automatic!.bytes).toBeGreaterThan(0.9);
    expect(inPackages).toBeLessThanOrEqual(automatic!.bytes);
  });
});

describe('the layers of an app', () => {
  it('include the layers of its stages and nested stacks', () => {
    const { project, money } = shop();
    const app = project.app({ context: PATHS });
    const stack = new Stack(app, 'Shop');
    const nested = new NestedStack(stack, 'Inner');
    project.add(nested, 'Money', './lambda/money.js', { layers: [money] });
    const staged = new Stack(new Stage(app, 'Beta'), 'Shop');
    project.add(staged, 'Money', './lambda/money.js', { layers: [money] });
    const reports = layersOf(app.synth().directory);
    expect(Object.fromEntries(reports.map(({ path, functions }) => [path, functions]))).toEqual({
      'Shop/Inner/NodeModules': ['Shop/Inner/Money'],
      'Shop/Inner/ShopMoneyLayer': ['Shop/Inner/Money'],
      'Beta/Shop/NodeModules': ['Beta/Shop/Money'],
      'Beta/Shop/ShopMoneyLayer': ['Beta/Shop/Money'],
    });
  });

  it('are only the layers of bundled stacks', () => {
    const { project } = shop();
    const app = project.app({ context: { 'aws:cdk:bundling-stacks': ['Shop'] } });
    for (const id of ['Shop', 'Other']) project.add(new Stack(app, id), 'Text', './lambda/text.js');
    expect(layersOf(app.synth().directory).map(({ path }) => path)).toEqual(['Shop/NodeModules']);
  });
});

describe('trellis layers', () => {
  const trellis = (cwd: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(__dirname, '../../lib/cli/trellis.mjs'), 'layers', ...args], {
      cwd,
      encoding: 'utf8',
    });

  it('prints text, or JSON with --json', () => {
    const { project } = shop();
    const app = project.app({ outdir: project.path('cdk.out') });
    project.add(new Stack(app, 'Shop'), 'Text', './lambda/text.js');
    app.synth();
    const { status, stdout } = trellis(project.folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^Shop\/NodeModules \(dependency, \d+ files?, \d+ kB\)\n {2}zod \d+\.\d+\.\d+ {2}\d+ kB\n {2}used by Shop\/Text\n$/,
    );
    project.write(
      'lambda/text.ts',
      "import * as z from 'zod';\nexport const handler = async () => Object.keys(z);",
    );
    const whole = project.app({ outdir: project.path('whole') });
    project.add(new Stack(whole, 'Shop'), 'Text', './lambda/text.js');
    whole.synth();
    expect(trellis(project.folder, '--app', 'whole').stdout).toMatch(
      /zod \S+ {2}\d+ kB, imported as a whole/,
    );
    expect(JSON.parse(trellis(project.folder, '--json').stdout)).toEqual(layersOf(project.path('cdk.out')));
  });

  it('fails with a remedy without a synthesized app', () => {
    const { project } = shop();
    const { status, stderr } = trellis(project.folder, '--app', 'elsewhere');
    expect(status).toBe(1);
    expect(stderr).toBe(
      `Expected a synthesized app in ${project.path('elsewhere')}, but it has no manifest.json.\nRun \`npx cdk synth\` first (for the local cloud \`npx cdk synth -c target=local\`), or pass its folder with \`--app\`.\n`,
    );
  });
});
