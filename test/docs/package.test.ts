import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RUNBOOKS } from '../../lib/observability/runbook.js';
import { unpacked } from '../support/lambda.js';
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

const SITE_APP = `
import { App, Stack } from 'aws-cdk-lib/core';
import { Site } from 'cdk-trellis';

const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Site');
new Site(stack, 'Site', { source: 'pages' });
console.log(JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));
`;

const OUTBOX_APP = `
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { App, Stack } from 'aws-cdk-lib/core';
import { DataTable, EventHub, Outbox } from 'cdk-trellis';

const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Orders');
const table = new DataTable(stack, 'Orders', { partitionKey: 'id', stream: StreamViewType.NEW_AND_OLD_IMAGES });
new Outbox(stack, 'Outbox', { table, events: new EventHub(stack, 'Events') });
console.log(JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));
`;

/** Declarations that an example in a docstring may use. */
const GIVEN: Readonly<Record<string, string>> = {
  'given.d.ts': `
declare const stack: import('aws-cdk-lib/core').Stack;
declare const anyFunction: import('aws-cdk-lib/aws-lambda').Function;
declare const ordersTable: import('aws-cdk-lib/aws-dynamodb').ITable;
`,
  'contracts/orders.ts': `
import { defineApi, defineEvent } from 'cdk-trellis/contract';
import * as z from 'zod';
export const ordersApi = defineApi({ name: 'orders', version: '1.0.0' }, {
  getOrder: { method: 'GET', path: '/orders/{orderId}', auth: 'user', responses: { 200: z.string() } },
});
export const OrderPlaced = defineEvent('OrderPlaced', z.object({ orderId: z.string(), total: z.int() }), {
  source: 'orders',
  version: 1,
  key: 'orderId',
});
`,
  'lambda/on-order-placed.ts': `
import { consume } from 'cdk-trellis/runtime';
import { OrderPlaced } from '../contracts/orders.js';
export const handler = consume(OrderPlaced, {}, async ({ data }) => console.log(data.total));
`,
  'lambda/send-mail.ts': `
import { worker } from 'cdk-trellis/runtime';
import * as z from 'zod';
export const handler = worker(z.object({ to: z.email() }), {}, async ({ to }) => console.log(to));
`,
  'lambda/render.ts': `
export const handler = async () => '<p>';
`,
  'lambda/report.ts': `
import { job } from 'cdk-trellis/runtime';
export const handler = job({}, async ({ scheduledTime }) => console.log(scheduledTime));
`,
  'lambda/pre-sign-up.ts': `
import { trigger } from 'cdk-trellis/runtime';
export const handler = trigger('preSignUp', {}, async () => ({ autoConfirmUser: true }));
`,
  'lambda/get-order.ts': `
import { route, table } from 'cdk-trellis/runtime';
import { ordersApi } from '../contracts/orders.js';
export const handler = route(ordersApi.getOrder, { orders: table.read }, async ({ user }) => ({ status: 200, body: user.sub }));
`,
  'contracts/fulfilment.ts': `
import * as z from 'zod';
export const Order = z.object({ orderId: z.string(), quantity: z.int().positive() });
export const Reservation = z.object({ reservationId: z.string() });
`,
  'lambda/reserve.ts': `
import { refused, step, table } from 'cdk-trellis/runtime';
import { Order } from '../contracts/fulfilment.js';
export const handler = step({ input: Order }, { stock: table.write }, async ({ input }) =>
  input.quantity > 9 ? refused('out-of-stock') : { reservationId: input.orderId });
`,
  'lambda/release.ts': `
import { step, table } from 'cdk-trellis/runtime';
import { Order, Reservation } from '../contracts/fulfilment.js';
export const handler = step({ input: Order, reserve: Reservation.optional() }, { stock: table.write }, async () => undefined);
`,
  'lambda/pay.ts': `
import { step } from 'cdk-trellis/runtime';
import { Order, Reservation } from '../contracts/fulfilment.js';
export const handler = step({ input: Order, reserve: Reservation }, {}, async ({ reserve }) => reserve.reservationId);
`,
  'lambda/place.ts': `
import { handle, table } from 'cdk-trellis/runtime';
export const handler = handle({ orders: table.write }, async (_event: object, { orders }) => orders.tableName);
`,
};

/** Globals of any test runner, which an example of a test may take as given. */
const TEST_GLOBALS: Readonly<Record<string, string>> = {
  'globals.d.ts': `
declare function test(name: string, run: () => Promise<void>): void;
declare function expect(value: unknown): { toBe(expected: unknown): void };
`,
};

/** The examples in the docstrings of a file of the library. */
function examplesOf(file: string): string[] {
  const comments = readFileSync(join(root, 'lib', file), 'utf8').matchAll(/\/\*\*[\s\S]*?\*\//g);
  return [...comments].flatMap(([comment]) => {
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\*( |\/$|$)/, ''));
    return lines.flatMap((line, at) => {
      if (!line.startsWith('@example')) return [];
      const rest = lines.slice(at + 1);
      const end = rest.findIndex((next) => next.startsWith('@'));
      return [rest.slice(0, end < 0 ? undefined : end).join('\n')];
    });
  });
}

/** The files that a page shows, by name. */
const filesOf = (page: string) =>
  Object.fromEntries(
    fencesOf(join(root, page))
      .filter(({ language }) => language === 'ts')
      .map(({ info, text }) => [info.replace('file=', ''), text]),
  );

const { 'bin/shop.ts': furtherApp = '', ...service } = filesOf('docs/your-own-app.md');

let library: string;
const projects: string[] = [];
const consumer = (files: Readonly<Record<string, string>>) => {
  const project = consumerProject(library, files);
  projects.push(project);
  return project;
};

beforeAll(() => {
  library = packedLibrary();
});

afterAll(() => {
  for (const folder of [dirname(library), ...projects]) rmSync(folder, { recursive: true, force: true });
});

describe('with the packed library, the service of docs/your-own-app.md', () => {
  it('compiles, and does not with two routes swapped', () => {
    expect(Object.keys(service)).toContain('stacks/greetings.ts');
    expect(compile(consumer(service))).toBe('');
    const swapped = service['stacks/greetings.ts']!.replace('lambda/get-greeting', 'lambda/set-greeting');
    expect(compile(consumer({ ...service, 'stacks/greetings.ts': swapped }))).toContain(
      'stacks/greetings.ts',
    );
  });

  it('synthesizes without findings of cdk-nag, and its policy has five actions on one table', () => {
    const { Resources } = JSON.parse(runApp(consumer({ ...service, 'app.ts': APP }), 'app.ts'));
    const [, role] = Object.entries<any>(Resources).find(
      ([id, { Type }]) => id.startsWith('ApiOperationsSetGreeting') && Type === 'AWS::IAM::Role',
    )!;
    const statements = role.Properties.Policies[0].PolicyDocument.Statement;
    const table = statements.find(({ Action }: any) => String(Action).includes('dynamodb:'));
    expect(table.Action).toHaveLength(5);
    expect(table.Resource).toHaveProperty('Fn::GetAtt');
  });
});

it.each(RUNBOOKS)(
  'the runbook %s is in the packed library, and its command shows it',
  (name) => {
    const command = join(consumer({}), 'node_modules/cdk-trellis/lib/cli/trellis.mjs');
    const shown = execFileSync(process.execPath, [command, 'runbook', name], { encoding: 'utf8' });
    expect(shown).toMatch(new RegExp(`^${name}\\n\\n[^]+\\n1\\. `));
  },
  60_000,
);

it.each([
  ['README.md', filesOf('README.md'), 'Shop.template.json'],
  ['docs/your-own-app.md', { ...service, 'bin/shop.ts': furtherApp }, 'Greetings.template.json'],
])(
  'the app of %s is synthesized from the packed library',
  (_page, files, template) => {
    const project = consumer(files);
    expect(compile(project)).toBe('');
    const out = join(project, 'cdk.out');
    execFileSync(process.execPath, ['--import', 'tsx', 'bin/shop.ts'], {
      cwd: project,
      env: { ...process.env, CDK_VALIDATION: 'false', CDK_OUTDIR: out },
    });
    expect(readdirSync(out)).toContain(template);
  },
  60_000,
);

describe('the TypeScript examples of the docs', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(
    (page) => page.endsWith('.md') && page !== 'your-own-app.md' && !page.startsWith('api/'),
  );
  const examples = pages.flatMap((page) =>
    fencesOf(join(root, 'docs', page))
      .filter(({ language }) => /^(ts|tsx|typescript)$/.test(language))
      .map(({ info, text }) => ({ page, file: info.replace('file=', ''), text })),
  );

  it('name their files', () => {
    expect(examples.filter(({ file }) => !/^[\w./-]+\.tsx?$/.test(file)).map(({ page }) => page)).toEqual([]);
    expect(examples.length).toBeGreaterThan(40);
  });

  it('compile with the packed library, each page as a project of its own', () => {
    const files = examples.map(({ page, file, text }) => [`${page.replace('.md', '')}/${file}`, text]);
    // Each is a module of its own, also one without imports.
    const modules = files.map(([file, text]) => [file, `${text}\nexport {};\n`]);
    expect(compile(consumer({ ...TEST_GLOBALS, ...Object.fromEntries(modules) }))).toBe('');
  });
});

it.each([
  ['an ES module', 'app.mjs', (name: string) => `await import('${name}')`],
  ['CommonJS', 'app.cjs', (name: string) => `require('${name}')`],
])(
  'what browsers and tests use is loaded by %s',
  (_what, file, load) => {
    const names = ['client', 'contract', 'mock'].map((room) => load(`cdk-trellis/${room}`));
    const text = `const all = [${names}]; console.log(all.map((one) => Object.keys(one).join()).join(';'));`;
    const [client, contract, mock] = runApp(consumer({ [file]: text }), file).split(';');
    expect([client, contract, mock]).toEqual([
      expect.stringContaining('createClient'),
      expect.stringContaining('defineApi'),
      expect.stringContaining('mockApi'),
    ]);
  },
  60_000,
);

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
});

it.each(readdirSync(join(root, 'examples')))(
  'the example %s compiles with the packed library',
  (name) => {
    const folder = join(root, 'examples', name);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.ts$/.test(file) && !file.startsWith('cdk.out'),
    );
    const texts = files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
    expect(compile(consumer(Object.fromEntries(texts)))).toBe('');
  },
  60_000,
);

it.each<[string, Record<string, string>, string]>([
  ['a Site', { 'app.ts': SITE_APP, 'pages/index.html': '<!doctype html>' }, 'deployment.json'],
  ['an Outbox', { 'app.ts': OUTBOX_APP }, 'EVENTS_BUS'],
])(
  'the function that %s brings along is bundled from the packed library',
  (_, files, mark) => {
    const project = consumer(files);
    const { Resources } = JSON.parse(runApp(project, 'app.ts'));
    const [{ Properties }] = Object.values<any>(Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );
    const hash = Properties.Code.S3Key.replace('.zip', '');
    const code = readFileSync(join(unpacked(join(project, `cdk.out/asset.${hash}`)), 'index.mjs'), 'utf8');
    expect(`${code} ${Object.keys(Properties.Environment.Variables)}`).toContain(mark);
  },
  60_000,
);
