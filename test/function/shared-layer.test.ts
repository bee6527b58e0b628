import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, CfnOutput, RemovalPolicies, Stack, Stage } from 'aws-cdk-lib/core';
import { NodeFunction, SharedLayer } from 'cdk-trellis';
import { codeFolder, logicalIds, runInLambda, templateOf } from '../support/lambda.js';
import { oneFunction, Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

const folder = (name: string) => `test/function/fixtures/layers/${name}`;
const money = SharedLayer.fromPackage(folder('money'));

function stackWith(context: Record<string, unknown>): Template {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } }), 'Shop');
  for (const id of ['One', 'Two']) {
    new NodeFunction(stack, id, { handler: () => import('./fixtures/handlers/plain.js'), layers: [money] });
  }
  return Template.fromStack(stack);
}

/** Creates a project whose only function has `source` and the layer. */
function use(source: string, layers = [money]) {
  const project = new Project({ 'lambda/main.ts': source });
  project.link('node_modules/@fixtures/money', money.folder);
  return oneFunction(project, './lambda/main.js', { layers });
}

describe('SharedLayer', () => {
  it('has one version per stack, which is retained when it is replaced', () => {
    const template = stackWith({});
    template.hasResource('AWS::Lambda::LayerVersion', {
      Properties: { Description: '@fixtures/money 1.2.0' },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    template.resourceCountIs('AWS::Lambda::LayerVersion', 2);
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      expect(Properties.Layers).toEqual([
        { Ref: expect.stringMatching(/^NodeModules/) },
        { Ref: expect.stringMatching(/^FixturesMoneyLayer/) },
      ]);
    }
  });

  it.each([{ target: 'local' }, { 'trellis:ephemeral': true }])(
    'is deleted with its stack in the context %j',
    (context) => {
      const versions = Object.values(stackWith(context).findResources('AWS::Lambda::LayerVersion'));
      expect(versions.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([]);
    },
  );

  it('is a package at run time, and not in its functions', () => {
    const { app, stack } = use(
      "import { inEuro } from '@fixtures/money'; export const handler = async () => inEuro(3);",
    );
    const assembly = app.synth();
    const [fn = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    const [layer = ''] = logicalIds(assembly, stack, 'AWS::Lambda::LayerVersion').filter((id) =>
      id.includes('Money'),
    );
    expect(runInLambda(assembly, stack, fn, 'return handler()')).toBe(1.5);
    expect(
      readdirSync(`${codeFolder(assembly, stack, layer)}/nodejs/node_modules/@fixtures/money`).sort(),
    ).toEqual(['c', 'index.mjs', 'index.mjs.map', 'package.json', 'rates.mjs', 'rates.mjs.map']);
  });

  it('is bundled into a function without the layer', () => {
    const { app, stack } = use(
      "import { inEuro } from '@fixtures/money'; export const handler = async () => inEuro(3);",
      [],
    );
    const assembly = app.synth();
    expect(
      runInLambda(
        assembly,
        stack,
        logicalIds(assembly, stack, 'AWS::Lambda::Function')[0]!,
        'return handler()',
      ),
    ).toBe(1.5);
  });
});

/** Creates a project with a layer, whose package only the layer provides. */
function withLayer(files: Record<string, string>, name = 'layers/shop') {
  const project = new Project(
    Object.fromEntries(Object.entries(files).map(([file, text]) => [join(name, file), text])),
  );
  return { project, folder: project.path(name) };
}

const manifest = (fields: object) =>
  JSON.stringify({ name: '@shop/parts', version: '2.0.0', type: 'module', ...fields });
const PARTS = {
  'package.json': manifest({ exports: { '.': './index.ts' } }),
  'index.ts':
    "import * as z from 'zod';\nexport const isText = (value: unknown) => z.string().safeParse(value).success;\n",
};

const PLAIN = `import { isText } from '@shop/parts';
export const handler = async (event) => [isText(event), isText(1)];`;

function plainFunction(scope: Stack, project: Project, layer: SharedLayer, id = 'Plain') {
  project.write('plain/index.mjs', PLAIN);
  return new LambdaFunction(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(project.path('plain')),
    layers: layer.versionsIn(scope),
  });
}

describe('a function of another class', () => {
  it('imports the package by its name, with the packages that it imports', () => {
    const { project, folder } = withLayer(PARTS);
    const app = project.app();
    const stack = new Stack(app, 'Shop');
    plainFunction(stack, project, SharedLayer.fromPackage(folder));
    const assembly = app.synth();
    const [fn = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    expect(runInLambda(assembly, stack, fn, "return handler('text')")).toEqual([true, false]);
  });

  it('has the same version as the other functions of its stack', () => {
    const { project, folder } = withLayer(PARTS);
    project.write('lambda/main.ts', 'export const handler = async () => 1;');
    const layer = SharedLayer.fromPackage(folder);
    const app = project.app();
    const stack = new Stack(app, 'Shop');
    project.add(stack, 'Ours', './lambda/main.js', { layers: [layer] });
    plainFunction(stack, project, layer);
    const template = Template.fromStack(stack);
    const [one, two] = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(one!.Properties.Layers).toEqual(two!.Properties.Layers);
    template.resourceCountIs('AWS::Lambda::LayerVersion', 2);
  });
});

describe('one definition', () => {
  it('serves several stacks and stages, each with its own version', () => {
    const { project, folder } = withLayer(PARTS);
    project.write(
      'lambda/main.ts',
      "import { isText } from '@shop/parts';\nexport const handler = async (event: unknown) => isText(event);",
    );
    const layer = SharedLayer.fromPackage(folder);
    const app = project.app();
    const scopes = [app, new Stage(app, 'Beta'), new Stage(app, 'Prod')];
    const stacks = scopes.flatMap((scope) => ['One', 'Two'].map((id) => new Stack(scope, id)));
    for (const stack of stacks) project.add(stack, 'Fn', './lambda/main.js', { layers: [layer] });
    // A pipeline synthesizes its stages while the app is being created.
    const beta = (scopes[1] as Stage).synth();
    const assembly = app.synth();
    const assemblies = [assembly, beta, assembly.getNestedAssembly('assembly-Prod')];
    const results = stacks.map((stack, index) => {
      const own = assemblies[Math.floor(index / 2)]!;
      expect(logicalIds(own, stack, 'AWS::Lambda::LayerVersion')).toHaveLength(2);
      expect(JSON.stringify(templateOf(own, stack))).not.toMatch(/Fn::ImportValue|"Export"/);
      const [fn = ''] = logicalIds(own, stack, 'AWS::Lambda::Function');
      return runInLambda(own, stack, fn, "return handler('text')");
    });
    expect(results).toEqual(stacks.map(() => true));
  });

  it.each([
    ['spaces', 'layers/our shop'],
    ['letters of other alphabets', 'layers/läden-店'],
  ])('may be in a folder with %s', (_, name) => {
    const { project, folder } = withLayer({ ...PARTS, '../main.ts': 'export {};' }, name);
    const { app, stack } = oneFunctionOf(project, SharedLayer.fromPackage(folder));
    const assembly = app.synth();
    const [fn = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    expect(runInLambda(assembly, stack, fn, "return handler('text')")).toBe(true);
  });

  it('may have modules that import one another in a cycle', () => {
    const { project, folder } = withLayer({
      'package.json': manifest({
        exports: { '.': './index.ts', './even': './even.ts', './odd': './odd.ts' },
      }),
      'index.ts':
        "export const isText = (value: string) => isEven(value.length);\nimport { isEven } from './even.js';",
      'even.ts':
        "import { isOdd } from './odd.js';\nexport const isEven = (n: number): boolean => n === 0 || isOdd(n - 1);",
      'odd.ts':
        "import { isEven } from './even.js';\nexport const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1);",
    });
    const { app, stack } = oneFunctionOf(project, SharedLayer.fromPackage(folder));
    const assembly = app.synth();
    const [fn = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    expect(runInLambda(assembly, stack, fn, "return Promise.all([handler('ab'), handler('abc')])")).toEqual([
      true,
      false,
    ]);
  });
});

/** A function that imports the layer's package, which is not in node_modules. */
function oneFunctionOf(project: Project, layer: SharedLayer) {
  project.write(
    'lambda/main.ts',
    "import { isText } from '@shop/parts';\nexport const handler = async (event: string) => isText(event);",
  );
  return oneFunction(project, './lambda/main.js', { layers: [layer] });
}

describe('a version in use is never deleted:', () => {
  const synthesized = (prepare: (stack: Stack, layer: SharedLayer) => void, context = {}) => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } });
    prepare(new Stack(app, 'Shop'), money);
    return app;
  };
  const warnings = (app: App) =>
    Annotations.fromStack(app.node.findChild('Shop') as Stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => String(entry.data));

  it('a stack cannot export it', () => {
    const app = synthesized((stack, layer) => {
      const [, version] = layer.versionsIn(stack);
      new CfnOutput(stack, 'Version', { value: version!.layerVersionArn, exportName: 'money-version' });
    });
    expect(() => app.synth()).toThrow(
      /\[Shop\/FixturesMoneyLayer\] Shop\/Version exports a layer version, .*`layers: layer\.versionsIn\(stack\)`/,
    );
  });

  it('functions of another stack cannot use it', () => {
    const app = synthesized((stack, layer) => {
      new LambdaFunction(new Stack(stack.node.root, 'Other'), 'Fn', {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('export const handler = async () => 1'),
        layers: layer.versionsIn(stack),
      });
    });
    expect(() => app.synth()).toThrow(
      /\[Shop\/FixturesMoneyLayer\] Shop\/Exports\/.* exports a layer version/,
    );
  });

  it('an output may contain a shared layer, but causes a warning with a dependency layer', () => {
    const show = (index: number) =>
      synthesized((stack, layer) => {
        new CfnOutput(stack, 'Version', { value: layer.versionsIn(stack)[index]!.layerVersionArn });
      });
    expect(warnings(show(1))).toEqual([]);
    expect(warnings(show(0))).toEqual([
      expect.stringMatching(/^Shop\/Version exposes a layer version that is deleted/),
    ]);
  });

  it('a changed removal policy causes a warning', () => {
    const destroy = (context: object) =>
      synthesized((stack, layer) => {
        layer.versionsIn(stack);
        RemovalPolicies.of(stack).destroy();
      }, context);
    expect(warnings(destroy({}))).toEqual([
      expect.stringMatching(/^A deployment deletes the version that it replaces/),
    ]);
    expect(warnings(destroy({ 'trellis:ephemeral': true }))).toEqual([]);
  });
});

describe('a shared layer is rejected', () => {
  it('when a function imports what it does not export', () => {
    const { app } = use("import x from '@fixtures/money/secret'; export const handler = async () => x;");
    expect(() => app.synth()).toThrow(
      'The layer @fixtures/money does not export "./secret"; its package.json exports ., ./rates.',
    );
  });

  it('when a function also imports its files by their path', () => {
    const path = `${money.folder}/index.ts`;
    const { app } = use(`import { inEuro } from '${path}'; export const handler = async () => inEuro(1);`);
    expect(() => app.synth()).toThrow(
      /index\.ts is in the layer @fixtures\/money and would also be in the function/,
    );
  });

  it('when it imports files from outside its folder', () => {
    const { app } = use('export const handler = async () => 1;', [
      SharedLayer.fromPackage(folder('outside')),
    ]);
    expect(() => app.synth()).toThrow(
      /The code of Shop\/FixturesOutsideLayer cannot be bundled .*packages from npm, got .*handlers\/plain\.ts\. Move it into the layer\./s,
    );
  });

  it('when it exports a pattern', () => {
    expect(() => SharedLayer.fromPackage(folder('pattern'))).toThrow(
      'must export each file by name, got the pattern "./*"',
    );
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'when its package.json is not JSON',
      { 'package.json': '{ "name": ' },
      /must be JSON: .* in .*layers\/shop\/package\.json$/,
    ],
    [
      'when its package.json is not an object',
      { 'package.json': '[]' },
      /must be a JSON object, got \[\] in .*package\.json$/,
    ],
    ['when it has no name', { 'package.json': '{}' }, /must have a `name` .*, got none in .*package\.json$/],
    [
      'when npm does not accept its name',
      { 'package.json': '{ "name": "../parts" }' },
      /must have a `name` .*, got "\.\.\/parts" in .*package\.json$/,
    ],
    [
      'when it exports a file that does not exist',
      { 'package.json': manifest({ exports: { '.': './src/index.ts' } }) },
      /^The layer @shop\/parts must export existing files, got "\." without \.\/src\/index\.ts in .*layers\/shop$/,
    ],
    [
      'when it exports nothing',
      { 'package.json': manifest({ exports: { './internal': null } }) },
      /^The layer @shop\/parts must export files, got no `exports` in/,
    ],
  ])('%s', (_, files, message) => {
    const { folder } = withLayer(files);
    expect(() => SharedLayer.fromPackage(folder)).toThrow(message);
  });

  it('when two of its exports have the same output', () => {
    const { folder } = withLayer({
      'package.json': manifest({ exports: { './money': './a.ts', './money.js': './b.ts' } }),
      'a.ts': 'export const a = 1;',
      'b.ts': 'export const b = 1;',
    });
    const stack = new Stack(new App(), 'Shop');
    expect(() => SharedLayer.fromPackage(folder).versionsIn(stack)).toThrow(
      'must export different files, got "./money" and "./money.js" with the same output',
    );
  });

  it('when another layer of the stack has its name', () => {
    const [one, two] = [withLayer(PARTS), withLayer(PARTS)];
    one.project.write('lambda/main.ts', 'export const handler = async () => 1;');
    const layers = [one, two].map((each) => SharedLayer.fromPackage(each.folder));
    expect(() => oneFunction(one.project, './lambda/main.js', { layers })).toThrow(
      /^The shared layers of a stack must have different names, got @shop\/parts in .* and @shop\/parts in .* \(at Shop\)\. Rename one in its package\.json$/,
    );
  });

  it('when a function has it twice', () => {
    expect(() => use('export const handler = async () => 1;', [money, money])).toThrow(
      /^`layers` must have each layer once, got @fixtures\/money twice \(at Shop\/Fn\)$/,
    );
  });

  it('when it imports another layer', () => {
    const { project, folder } = withLayer({
      ...PARTS,
      'index.ts': "export { inEuro as isText } from '@fixtures/money';",
    });
    project.link('node_modules/@fixtures/money', money.folder);
    const { app } = oneFunctionOf(project, SharedLayer.fromPackage(folder));
    expect(() => app.synth()).toThrow(/A layer must import only files of its folder and packages from npm/);
  });

  it('when a function without the layer imports its package, and nothing else provides it', () => {
    const { project } = withLayer(PARTS);
    project.write(
      'lambda/main.ts',
      "import { isText } from '@shop/parts';\nexport const handler = async () => isText('');",
    );
    const { app } = oneFunction(project, './lambda/main.js');
    expect(() => app.synth()).toThrow('Could not resolve "@shop/parts"');
  });

  it('when the folder does not exist', () => {
    expect(() => SharedLayer.fromPackage('layers/absent')).toThrow(
      'must be a folder with a package.json, got layers/absent',
    );
  });
});
