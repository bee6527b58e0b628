import { resolveImport } from '../../lib/bundler/bundle-thread.js';
import { analyzeHandler } from '../../lib/handler/handler-analysis.js';
import { ModuleGraph } from '../../lib/handler/module-graph.js';
import { Project, removeProjects } from '../support/project.js';

afterAll(removeProjects);

const RUNTIME = "import { bus, handle, invoke, job, route, table, text } from 'cdk-trellis/runtime';\n";

function analyze(source: string, more: Record<string, string> = {}, name = 'handler') {
  const project = new Project({ 'handler.ts': source, ...more });
  const unit = { root: project.folder, options: {}, conditions: ['cdk-trellis-source'] };
  const graph = new ModuleGraph((specifier, importer) => resolveImport({ unit, specifier, importer }));
  return analyzeHandler(project.path('handler.ts'), name, graph);
}

const orders = [{ name: 'orders', kind: 'table', access: 'readWrite' }];

describe('the needs of a handler', () => {
  it.each<[string, string]>([
    ['handle', 'export const handler = handle({ orders: table.readWrite }, async () => {});'],
    [
      'a type argument',
      'export const handler = handle({ orders: table<Order>().readWrite }, async () => {});',
    ],
    ['an argument', 'export const handler = handle({ orders: table(Order).readWrite }, async () => {});'],
    [
      'a constant',
      'const needs = { orders: table.readWrite } as const;\nexport const handler = handle(needs, run);',
    ],
    ['a constant need', 'const orders = table.readWrite;\nexport const handler = handle({ orders }, run);'],
    ['an export list', 'const handler = handle({ orders: table.readWrite }, run);\nexport { handler };'],
    [
      'a renamed export',
      'const place = handle({ orders: table.readWrite }, run);\nexport { place as handler };',
    ],
    [
      'a middleware around it',
      'export const handler = middy(handle({ orders: table.readWrite }, run)).use(x);',
    ],
  ])('are read from %s', (_, source) => {
    expect(analyze(RUNTIME + source)).toEqual({ kind: 'handle', needs: orders });
  });

  it('are read from route, with the name of its operation', () => {
    const source = `${RUNTIME}export const handler = route(ordersApi.placeOrder, { orders: table.readWrite }, run);`;
    expect(analyze(source)).toEqual({ kind: 'route', needs: orders, operation: 'placeOrder' });
  });

  it.each([
    ['consume', 'consume(OrderPlaced, { orders: table.readWrite }, run)'],
    ['worker', 'worker([OrderPlaced, OrderPaid], { orders: table.readWrite }, run)'],
  ])('are read from %s, with its kind', (kind, call) => {
    const source = `import { ${kind}, table } from 'cdk-trellis/runtime';\nexport const handler = ${call};`;
    expect(analyze(source)).toEqual({ kind, needs: orders });
  });

  it('are read from trigger, with its name', () => {
    const source =
      "import { table, trigger } from 'cdk-trellis/runtime';\nexport const handler = trigger('preSignUp', { orders: table.readWrite }, run);";
    expect(analyze(source)).toEqual({ kind: 'trigger', needs: orders, trigger: 'preSignUp' });
  });

  it('are read from job, with the needs of the wrapper itself', () => {
    const source =
      "import { job, table } from 'cdk-trellis/runtime';\nexport const handler = job({ orders: table.readWrite }, run);";
    const runs = { name: 'runs', kind: 'idempotency', access: 'idempotency' };
    expect(analyze(source)).toEqual({ kind: 'job', needs: [...orders, runs] });
  });

  it('are read under other names', () => {
    const source =
      "import { handle as h, table as t } from 'cdk-trellis/runtime';\nexport const handler = h({ orders: t.readWrite }, run);";
    expect(analyze(source)).toEqual({ kind: 'handle', needs: orders });
  });

  it('are read through a namespace', () => {
    const source =
      "import * as rt from 'cdk-trellis/runtime';\nexport const handler = rt.handle({ orders: rt.table.readWrite }, run);";
    expect(analyze(source)).toEqual({ kind: 'handle', needs: orders });
  });

  it('are read from another file that the handler is exported from', () => {
    const files = { 'place.ts': `${RUNTIME}export const place = handle({ orders: table.readWrite }, run);` };
    expect(analyze("export { place as handler } from './place.js';", files)).toEqual({
      kind: 'handle',
      needs: orders,
    });
    expect(analyze("import { place } from './place.js';\nexport const handler = place;", files)).toEqual({
      kind: 'handle',
      needs: orders,
    });
    const handler = {
      'place.ts': `${RUNTIME}export const handler = handle({ orders: table.readWrite }, run);`,
    };
    expect(analyze("export * from './place.js';", handler)).toEqual({ kind: 'handle', needs: orders });
  });

  it('are read from another file that is imported as a whole', () => {
    const files = { 'place.ts': `${RUNTIME}export const place = handle({ orders: table.readWrite }, run);` };
    const source = "import * as all from './place.js';\nexport const handler = all.place;";
    expect(analyze(source, files)).toEqual({ kind: 'handle', needs: orders });
  });

  it('are those of the selected export', () => {
    const source = `${RUNTIME}export const handler = async () => 1;
      export const place = handle({ orders: table.readWrite }, run);
      export default handle({ orders: table.read }, run);`;
    expect(analyze(source, {}, 'place')).toEqual({ kind: 'handle', needs: orders });
    expect(analyze(source, {}, 'default').needs).toMatchObject([{ access: 'read' }]);
    expect(analyze(source).needs).toEqual([]);
  });

  it('are read next to rare syntax', () => {
    const source = `${RUNTIME}class Counter { accessor count = 1; @dec() next() {} }
      export const handler = handle({ orders: table.readWrite }, async () => { using file = open(); });`;
    expect(analyze(source)).toEqual({ kind: 'handle', needs: orders });
  });

  it('are a kind alone if it has one access', () => {
    const source = `${RUNTIME}export const handler = handle({ pay: invoke<F>(), sent: bus(Sent).publish }, run);`;
    expect(analyze(source).needs).toEqual([
      { name: 'pay', kind: 'invoke', access: 'invoke' },
      { name: 'sent', kind: 'bus', access: 'publish' },
    ]);
  });

  it.each<[string, string]>([
    ['its name', "table.index('byDay').read"],
    ['a name in backticks', 'table.index(`byDay`).read'],
    ['a constant', 'table.index(INDEX).read'],
    ['a type argument', "table.index<'byDay'>('byDay').read"],
    ['a namespace', "rt.table.index('byDay').read"],
  ])('are those of one index, by %s', (_, need) => {
    const source = `${RUNTIME}import * as rt from 'cdk-trellis/runtime';\nconst INDEX = 'byDay';\nexport const handler = handle({ days: ${need} }, run);`;
    expect(analyze(source).needs).toEqual([{ name: 'days', kind: 'table', access: "index('byDay').read" }]);
  });

  it.each([
    'export const handler = async () => 1;',
    'export async function handler() {}',
    'export const handler = middy(async () => 1);',
    "export { handler } from '@company/handlers';",
    "import { table } from './other.js';\nexport const handler = async () => table.read;",
    'export let handler;\nhandler = async () => 1;',
    'const all = { handler: async () => 1 };\nexport const { handler } = all;',
    `${RUNTIME}export const place = handle({ orders: table.read }, run);\nexport const handler = async () => 1;`,
    `${RUNTIME}const place = handle({ orders: table.read }, run);\nexport const handler = async ({ place }) => place.place;`,
    `${RUNTIME}const place = handle({ orders: table.read }, run);\nexport const handler = async () => { const { place } = x; return place; };`,
    `${RUNTIME}const checked = handle({}, run);\nexport const handler = async (event, context) => checked(event, context);`,
  ])('are empty for a plain handler: %s', (source) => {
    expect(analyze(source)).toMatchObject({ needs: [] });
  });
});

describe('a handler is rejected', () => {
  const start = (source: string) => `${RUNTIME}${source}`;

  it.each<[string, string, string]>([
    [
      'with needs of a function call',
      'export const handler = handle(needs(), run);',
      'must be an object literal, got a function call.',
    ],
    [
      'with needs of another file',
      "import { needs } from './needs.js';\nexport const handler = handle(needs, run);",
      'got `needs`, imported from `./needs.js`.',
    ],
    ['without needs', 'export const handler = handle();', 'must be an object literal, got nothing.'],
    [
      'with a spread',
      'export const handler = handle({ ...common }, run);',
      'a need must be a name with a kind and an access, got a spread.',
    ],
    [
      'with a computed name',
      'export const handler = handle({ [name]: table.read }, run);',
      'got a computed name or a method.',
    ],
    [
      'with a computed access',
      'export const handler = handle({ orders: table[access] }, run);',
      'the need `orders` must be a kind and an access, got `table[access]`.',
    ],
    [
      'with a condition',
      'export const handler = handle({ orders: x ? table.read : table.write }, run);',
      'the need `orders` must be a kind and an access, got a condition.',
    ],
    [
      'with a computed index',
      'export const handler = handle({ days: table.index(`by${x}`).read }, run);',
      'the need `days` must be a kind and an access, got `table.index(`by${x}`).read`.',
    ],
    [
      'with two indexes in one need',
      "export const handler = handle({ days: table.index('byDay', 'byKind').read }, run);",
      "the need `days` must be a kind and an access, got `table.index('byDay', 'byKind').read`.",
    ],
    [
      'with an index alone',
      "export const handler = handle({ days: table.index('byDay') }, run);",
      'the need `days` must be a kind and an access, got a function call.',
    ],
    [
      'with an index of another module',
      "import { things } from './things.js';\nexport const handler = handle({ days: things.index('byDay').read }, run);",
      "the need `days` must be a kind and an access, got `things.index('byDay').read`.",
    ],
    [
      'with a kind of another module',
      "import { queue } from './queue.js';\nexport const handler = handle({ work: queue.send }, run);",
      'the need `work` must be a kind and an access, got',
    ],
    [
      'with a callback',
      'export const handler = (event, context, callback) => callback(null, 1);',
      '`handler` must be an async function of (event, context), got one with a callback',
    ],
  ])('%s', (_, source, message) => {
    expect(() => analyze(start(source))).toThrow(message);
  });

  it.each<[string, string]>([
    ['by a name', 'const inner = job({}, run);\nexport const handler = handle({}, async (e) => inner(e));'],
    ['in place', 'export const handler = handle({}, (e, _, c) => handle({ a: text() }, run)(e, c));'],
    ['in its arguments', 'export const handler = route(apiOf(handle({ a: text() }, run)), {}, run);'],
  ])('that runs another one with needs, %s: they would be lost', (_, source) => {
    expect(() => analyze(start(source))).toThrow(
      /handler\.ts:\d: `(handle|route)` must not run a handler of `(handle|job)`, whose needs synth does not read\./,
    );
  });

  it.each<[string, string]>([
    [
      'a function that creates it',
      'const make = () => handle({ a: text() }, run);\nexport const handler = make();',
    ],
    ['a condition', 'export const handler = x ? handle({ a: text() }, one) : handle({ a: text() }, two);'],
    ['an object', 'const all = { one: handle({ a: text() }, run) };\nexport const handler = all.one;'],
    [
      'a destructured object',
      'const all = { handler: handle({ a: text() }, run) };\nexport const { handler } = all;',
    ],
    [
      'a function around it',
      'const inner = handle({ a: text() }, run);\nexport const handler = async (e, c) => inner(e, c);',
    ],
    ['a promise', 'export const handler = await Promise.resolve(handle({ a: text() }, run));'],
    ['an assignment', 'export let handler;\nhandler = handle({ a: text() }, run);'],
    [
      'needs that are in another place',
      'const inner = handle(needs, run);\nexport const handler = async (e, c) => inner(e, c);',
    ],
  ])('that has needs behind %s: they would be lost', (_, source) => {
    expect(() => analyze(start(source))).toThrow(
      /handler\.ts:\d: `handler` must be the result of `handle`, or a middleware around it, got a handler that uses `handle` in another way\..*`export const handler = handle\(\.\.\.\)`/,
    );
  });

  it.each<[string, string, string]>([
    ['a number', 'export const handler = 5;', 'a number'],
    ['a text', "export const handler = 'x';", 'a string'],
    ['an object', 'export const handler = { run };', 'an object'],
    ['a class', 'export class handler {}', 'a class'],
  ])('that is %s', (_, source, actual) => {
    expect(() => analyze(source)).toThrow(
      `\`handler\` must be a function of (event, context), got ${actual}`,
    );
  });

  it('that is re-exported from a module without it', () => {
    const message =
      /the module must export `handler`, got a re-export from `\.\/(other|handler)\.js`, which does not export `handler`/;
    expect(() => analyze("export { handler } from './other.js';", { 'other.ts': 'export {};' })).toThrow(
      message,
    );
    expect(() => analyze("export { handler } from './handler.js';")).toThrow(message);
  });

  it('with the location and the remedy', () => {
    expect(() => analyze(start('\nexport const handler = handle(needs(), run);'))).toThrow(
      /handler\.ts:3: the needs of `handle` must be an object literal, .* written out: `\{ orders: table\.readWrite \}`/,
    );
  });

  it('when the module exports another name', () => {
    expect(() => analyze('export const main = async () => 1;\nexport default main;')).toThrow(
      'the module must export `handler`, got `main`, `default`. Write `export const handler = ...`',
    );
    expect(() => analyze('export const main = async () => 1;', {}, 'place')).toThrow(
      'the module must export `place`, got `main`.',
    );
  });

  it('when the module is CommonJS', () => {
    expect(() => analyze('exports.handler = async () => 1;')).toThrow('must be an ES module');
  });

  it('when the module is CommonJS of a package, with a remedy for its author', () => {
    const project = new Project({ 'node_modules/acme/place.js': 'exports.handler = async () => 1;' });
    const graph = new ModuleGraph(() => ({ inputs: [], absent: [] }));
    expect(() => analyzeHandler(project.path('node_modules/acme/place.js'), 'handler', graph)).toThrow(
      'got a CommonJS module of a package. Its author can publish handlers as ES modules (in a folder with `"type": "module"`), or with the TypeScript sources of its source maps.',
    );
  });

  it('when the module cannot be parsed', () => {
    expect(() => analyze('export const handler = async (( => 1;')).toThrow(/handler\.ts:1: Unexpected "=>"/);
  });
});
