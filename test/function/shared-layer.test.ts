import { readdirSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { NodeFunction, SharedLayer } from 'cdk-trellis';
import { codeFolder, logicalIds, runInLambda } from './lambda.js';
import { oneFunction, Project, removeProjects } from './project.js';

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

/** A project whose only function uses the layer as `source` says. */
function use(source: string, layers = [money]) {
  const project = new Project({ 'lambda/main.ts': source });
  project.link('node_modules/@fixtures/money', money.folder);
  return oneFunction(project, './lambda/main.js', { layers });
}

describe('SharedLayer', () => {
  it('is one version per stack, kept when it is replaced', () => {
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
    'goes with its stack where the context is %j',
    (context) => {
      const versions = Object.values(stackWith(context).findResources('AWS::Lambda::LayerVersion'));
      expect(versions.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([]);
    },
  );

  it('is a package at run time, and of no function of its users', () => {
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

  it('is bundled into a function that does not have it', () => {
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

describe('a shared layer is refused', () => {
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
      /index\.ts is in the layer @fixtures\/money and would be in the function too/,
    );
  });

  it('when it imports files from outside its folder', () => {
    const { app } = use('export const handler = async () => 1;', [
      SharedLayer.fromPackage(folder('outside')),
    ]);
    expect(() => app.synth()).toThrow(
      /The code of Shop\/FixturesOutsideLayer cannot be bundled .*this one imports .*handlers\/plain\.ts\. Move it into the layer\./s,
    );
  });

  it('when it exports a pattern', () => {
    expect(() => SharedLayer.fromPackage(folder('pattern'))).toThrow(
      'must export each file by name, got the pattern "./*"',
    );
  });

  it('when there is no package', () => {
    expect(() => SharedLayer.fromPackage('layers/absent')).toThrow(
      'must be a folder with a package.json, got layers/absent',
    );
  });
});
