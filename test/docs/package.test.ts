import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile, consumerProject, packedLibrary, runApp } from './consumer.js';
import { fencesOf } from './fences.js';

const root = join(__dirname, '../..');

const APP = `
import { App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { GreetingsStack } from './stacks/greetings.js';

const app = new App();
const stack = new GreetingsStack(app, 'Greetings');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
console.log(JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));
`;

/** What an example in a docstring may take as given. */
const GIVEN: Readonly<Record<string, string>> = {
  'given.d.ts': `
declare const stack: import('aws-cdk-lib/core').Stack;
declare const anyFunction: import('aws-cdk-lib/aws-lambda').Function;
declare const ordersTable: import('aws-cdk-lib/aws-dynamodb').ITable;
`,
  'contracts/orders.ts': `
import { defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';
export const ordersApi = defineApi({ name: 'orders', version: '1.0.0' }, {
  getOrder: { method: 'GET', path: '/orders/{orderId}', auth: 'user', responses: { 200: z.string() } },
});
`,
  'lambda/get-order.ts': `
import { route, table } from 'cdk-trellis/runtime';
import { ordersApi } from '../contracts/orders.js';
export const handler = route(ordersApi.getOrder, { orders: table.read }, async ({ user }) => ({ status: 200, body: user.sub }));
`,
  'lambda/place.ts': `
import { handle, table } from 'cdk-trellis/runtime';
export const handler = handle({ orders: table.write }, async (_event: object, { orders }) => orders.tableName);
`,
};

/** The examples in the docstrings of a file of the library. */
function examplesOf(file: string): string[] {
  const comments = readFileSync(join(root, 'lib', file), 'utf8').matchAll(/\/\*\*[\s\S]*?\*\//g);
  return [...comments].flatMap(([comment]) => {
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\*( |\/$|$)/, ''));
    const start = lines.findIndex((line) => line.startsWith('@example'));
    if (start < 0) return [];
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) => line.startsWith('@'));
    return [rest.slice(0, end < 0 ? undefined : end).join('\n')];
  });
}

const service = Object.fromEntries(
  fencesOf(join(root, 'README.md'))
    .filter(({ language }) => language === 'ts')
    .map(({ info, text }) => [info.replace('file=', ''), text]),
);

let library: string;
const projects: string[] = [];
const consumer = (files: Readonly<Record<string, string>>) => {
  const project = consumerProject(library, files);
  projects.push(project);
  return project;
};

beforeAll(() => {
  library = packedLibrary();
}, 60_000);

afterAll(() => {
  for (const folder of [dirname(library), ...projects]) rmSync(folder, { recursive: true, force: true });
});

describe("with the packed library, the README's service", () => {
  it('compiles, and does not with two routes swapped', () => {
    expect(Object.keys(service)).toContain('stacks/greetings.ts');
    expect(compile(consumer(service))).toBe('');
    const swapped = service['stacks/greetings.ts']!.replace('lambda/get-greeting', 'lambda/set-greeting');
    expect(compile(consumer({ ...service, 'stacks/greetings.ts': swapped }))).toContain(
      'stacks/greetings.ts',
    );
  }, 60_000);

  it('synthesizes, cdk-nag has nothing to say, and its policy has five actions on one table', () => {
    const { Resources } = JSON.parse(runApp(consumer({ ...service, 'app.ts': APP }), 'app.ts'));
    const [, role] = Object.entries<any>(Resources).find(
      ([id, { Type }]) => id.startsWith('ApiOperationsSetGreeting') && Type === 'AWS::IAM::Role',
    )!;
    const statements = role.Properties.Policies[0].PolicyDocument.Statement;
    const table = statements.find(({ Action }: any) => String(Action).includes('dynamodb:'));
    expect(table.Action).toHaveLength(5);
    expect(table.Resource).toHaveProperty('Fn::GetAtt');
  }, 60_000);
});

it('the examples in docstrings compile with the packed library', () => {
  const examples = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      examplesOf(file).map((text, at) => {
        const name = `examples/${file.replace(/\.ts$/, '').replaceAll('/', '-')}-${at}.ts`;
        // Each is a module of its own, also one without imports.
        return [name, `${text}\nexport {};\n`] as const;
      }),
    );
  expect(examples.length).toBeGreaterThanOrEqual(6);
  expect(compile(consumer({ ...GIVEN, ...Object.fromEntries(examples) }))).toBe('');
}, 60_000);
