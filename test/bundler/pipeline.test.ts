import { readFileSync } from 'node:fs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Stage } from 'aws-cdk-lib/core';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import { runInLambda } from '../support/lambda.js';
import { Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

/** Services that use zod in different ways and share a file. */
const FILES = {
  'lambda/shared.ts': "import * as z from 'zod'; export const text = z.string();",
  'lambda/place.ts':
    "import { text } from './shared.js'; export const handler = async () => text.parse('placed');",
  'lambda/cancel.ts': "import * as z from 'zod'; export const handler = async () => z.number().parse(1);",
  'lambda/list.ts':
    "import { text } from './shared.js'; export const handler = async () => text.parse('listed');",
  'lambda/invite.ts':
    "import * as z from 'zod'; export const handler = async () => z.email().parse('a@b.ch');",
};

const SERVICES = { orders: ['place'], products: ['list'], users: ['invite'] };

type Services = Record<keyof typeof SERVICES, readonly string[]>;

/**
 * Returns a pipeline that deploys the services to a test and a production stage: CDK synthesizes each stage as it is
 * added.
 */
function pipelineOf(project: Project, services: Services) {
  const app = project.app();
  const stack = new Stack(app, 'Pipeline', { env: { account: '111111111111', region: 'eu-central-1' } });
  const source = CodePipelineSource.s3(new Bucket(stack, 'Source'), 'source.zip');
  const pipeline = new CodePipeline(stack, 'Pipeline', {
    crossAccountKeys: true,
    synth: new ShellStep('Synth', { input: source, commands: ['npx cdk synth'] }),
  });
  const stages = ['Test', 'Production'].map((id) => {
    const stage = new Stage(app, id, { env: { account: '222222222222', region: 'eu-central-1' } });
    for (const [service, names] of Object.entries(services)) {
      const of = new Stack(stage, service);
      for (const name of names) project.add(of, name, `./lambda/${name}.js`);
    }
    pipeline.addStage(stage);
    return stage;
  });
  const assembly = app.synth();
  const nested = stages.map(({ artifactId }) => assembly.getNestedAssembly(artifactId));
  return { stages, nested };
}

/** Returns the template of each service, which must be identical in both stages. */
function synth(project: Project, services: Services): Record<keyof Services, string> {
  const { nested } = pipelineOf(project, services);
  const written = Object.keys(services).map((service) => {
    const [test, production] = nested.map(({ stacks }) => {
      const artifact = stacks.find(({ hierarchicalId }) => hierarchicalId.endsWith(`/${service}`));
      return readFileSync(artifact!.templateFullPath, 'utf8');
    });
    expect(test).toBe(production);
    return [service, test];
  });
  return Object.fromEntries(written);
}

describe('with three services in a pipeline with two stages', () => {
  const project = new Project(FILES);
  const before = synth(project, SERVICES);

  it('each stage deploys the same functions, and they run', () => {
    const { stages, nested } = pipelineOf(project, SERVICES);
    for (const [index, assembly] of nested.entries()) {
      const stack = stages[index]!.node.findChild('orders') as Stack;
      const functions = Object.entries(
        JSON.parse(before.orders).Resources as Record<string, { Type: string }>,
      );
      const [id = ''] = functions.find(([, { Type }]) => Type === 'AWS::Lambda::Function') ?? [];
      expect(runInLambda(assembly, stack, id, 'return handler()')).toBe('placed');
    }
  });

  it('a function that is added to one service does not change the templates of the others', () => {
    const after = synth(project, { ...SERVICES, orders: ['place', 'cancel'] });
    expect(after.orders).not.toBe(before.orders);
    expect(after).toEqual({ ...before, orders: after.orders });
  });

  it('a function that is changed in one service does not change the templates of the others', () => {
    project.write('lambda/place.ts', FILES['lambda/place.ts'].replace('placed', 'changed'));
    const after = synth(project, SERVICES);
    expect(after.orders).not.toBe(before.orders);
    expect(after).toEqual({ ...before, orders: after.orders });
    project.write('lambda/place.ts', FILES['lambda/place.ts']);
  });

  it('a function that is removed from one service does not change the templates of the others', () => {
    const after = synth(project, { ...SERVICES, orders: [] });
    expect(after.orders).not.toBe(before.orders);
    expect(after).toEqual({ ...before, orders: after.orders });
  });

  it('reverting the change restores all templates', () => {
    expect(synth(project, SERVICES)).toEqual(before);
  });
});
