import { type App, Stack } from 'aws-cdk-lib/core';
import { logicalIds, runInLambda, templateOf } from '../support/lambda.js';
import { oneFunction, Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

const FILES = {
  'lambda/shared.ts': "import * as z from 'zod'; export const text = z.string();",
  'lambda/place.ts':
    "import { text } from './shared.js'; export const handler = async () => text.parse('placed');",
  'lambda/get.ts': "import * as z from 'zod'; export const handler = async () => z.number().parse(1);",
  'lambda/list.ts':
    "import { text } from './shared.js'; export const handler = async () => text.parse('listed');",
};

/** Logical id of the dependency layer: changing it would replace the layer. */
const LAYER = 'NodeModules80884104';

/** Two services that share a file and a package. */
function synth(project: Project, functions: { orders: string[]; products: string[] }) {
  const app: App = project.app();
  const stacks = Object.entries(functions).map(([service, names]) => {
    const stack = new Stack(app, service);
    for (const name of names) project.add(stack, name, `./lambda/${name}.js`);
    return stack;
  });
  const assembly = app.synth();
  return stacks.map((stack) => templateOf(assembly, stack));
}

type Resources = Record<string, { Type: string; Properties: { Code?: object; Description?: string } }>;

/** Returns all properties of the functions but their descriptions, which name the publication. */
const functionsOf = (template: { Resources: Resources }) =>
  Object.fromEntries(
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id, { Properties, ...rest }]) => [
        id,
        { ...rest, Properties: { ...Properties, Description: undefined } },
      ]),
  );

const versionsOf = (template: { Resources: Resources }) =>
  Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Version')
    .map(({ Properties }) => Properties.Description);

describe('the upgrade of a package', () => {
  it('changes the layer and no code, and publishes a version', () => {
    const [before, after] = ['1.0.0', '2.0.0'].map((version) => {
      const project = new Project({
        'lambda/place.ts': "import { text } from 'words'; export const handler = async () => text;",
        'node_modules/words/package.json': `{ "name": "words", "version": "${version}" }`,
        'node_modules/words/index.js': `exports.text = '${version}';`,
      });
      return synth(project, { orders: ['place'], products: [] })[0];
    });
    expect(after.Resources[LAYER]).not.toEqual(before.Resources[LAYER]);
    expect(functionsOf(after)).toEqual(functionsOf(before));
    expect(versionsOf(after)).not.toEqual(versionsOf(before));
  });

  it('changes no code with pnpm either, whose paths contain the version', () => {
    const [before, after] = ['1.0.0', '2.0.0'].map((version) => {
      const real = `node_modules/.pnpm/words@${version}/node_modules/words`;
      const project = new Project({
        'lambda/place.ts': "import { text } from 'words'; export const handler = async () => text;",
        [`${real}/package.json`]: `{ "name": "words", "version": "${version}" }`,
        [`${real}/index.js`]: `exports.text = '${version}';`,
      });
      project.link('node_modules/words', project.path(real));
      return synth(project, { orders: ['place'], products: [] })[0];
    });
    expect(after.Resources[LAYER]).not.toEqual(before.Resources[LAYER]);
    expect(functionsOf(after)).toEqual(functionsOf(before));
  });

  it('is one module if pnpm has linked one copy into two workspaces', () => {
    const real = 'node_modules/.pnpm/words@1.0.0/node_modules/words';
    const project = new Project({
      'lambda/main.ts':
        "import { one } from '../one/index.js'; import { two } from '../two/index.js'; export const handler = async () => one === two;",
      'one/index.ts': "export { words as one } from 'words';",
      'two/index.ts': "export { words as two } from 'words';",
      [`${real}/package.json`]:
        '{ "name": "words", "version": "1.0.0", "type": "module", "main": "./index.js" }',
      [`${real}/index.js`]: 'export const words = {};',
    });
    for (const workspace of ['one', 'two'])
      project.link(`${workspace}/node_modules/words`, project.path(real));
    const { app, stack } = oneFunction(project, './lambda/main.js');
    const assembly = app.synth();
    const [id = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    expect(runInLambda(assembly, stack, id, 'return handler()')).toBe(true);
  });

  it('is distinguished from another copy of the package', () => {
    const project = new Project({
      'node_modules/words/package.json': '{ "name": "words", "version": "1.0.0" }',
      'node_modules/words/index.js': "exports.text = 'one';",
      'shop/node_modules/words/package.json': '{ "name": "words", "version": "2.0.0" }',
      'shop/node_modules/words/index.js': "exports.text = 'two';",
      'shop/two.ts': "export { text as two } from 'words';",
      'lambda/both.ts':
        "import { text } from 'words'; import { two } from '../shop/two.js'; export const handler = async () => [text, two];",
    });
    const { app, stack } = oneFunction(project, './lambda/both.js');
    const assembly = app.synth();
    const [id = ''] = logicalIds(assembly, stack, 'AWS::Lambda::Function');
    expect(runInLambda(assembly, stack, id, 'return handler()')).toEqual(['one', 'two']);
  });
});

describe('services are independent', () => {
  const project = new Project(FILES);
  const [orders, products] = synth(project, { orders: ['place'], products: ['list'] });

  it('when a function that uses more of a package is added to another one', () => {
    const [more, same] = synth(project, { orders: ['place', 'get'], products: ['list'] });
    expect(same).toEqual(products);
    expect(functionsOf(more)).toMatchObject(functionsOf(orders));
  });

  it('when a function of another one is removed', () => {
    const [, same] = synth(project, { orders: [], products: ['list'] });
    expect(same).toEqual(products);
  });

  it('when a function of another one is changed', () => {
    project.write('lambda/place.ts', `${FILES['lambda/place.ts']}\nexport const version = 2;`);
    const [changed, same] = synth(project, { orders: ['place'], products: ['list'] });
    expect(same).toEqual(products);
    expect(changed).not.toEqual(orders);
    expect(changed.Resources[LAYER]).toEqual(orders.Resources[LAYER]);
    project.write('lambda/place.ts', FILES['lambda/place.ts']);
  });

  it('and stacks with the same needs have the same layer', () => {
    const keys = [orders, products].map(({ Resources }) => Resources[LAYER].Properties.Content.S3Key);
    expect(keys[0]).toBe(keys[1]);
  });
});
