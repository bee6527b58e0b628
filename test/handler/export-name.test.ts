import { transformSync as swc } from '@swc/core';
import { transformSync as esbuild } from 'esbuild';
import { exportNameOf } from '../../lib/handler/export-name.js';

/** Returns a function as a compiler generates it. */
function compiled(source: string, compile: (text: string) => string): () => unknown {
  const code = compile(`exports.it = ${source};`);
  const scope: { it?: () => unknown } = {};
  new Function('exports', 'require', code)(scope, () => ({}));
  return scope.it as () => unknown;
}

const swcTo = (type: 'commonjs' | 'es6', target: 'es5' | 'es2022') => (text: string) =>
  swc(text, { module: { type }, jsc: { parser: { syntax: 'typescript' }, target } }).code;

const COMPILERS: [string, (text: string) => string][] = [
  ['no compiler', (text) => text],
  ['esbuild', (text) => esbuild(text, { loader: 'ts' }).code],
  ['esbuild, minified', (text) => esbuild(text, { loader: 'ts', minify: true }).code],
  ['esbuild to CommonJS', (text) => esbuild(text, { loader: 'ts', format: 'cjs', platform: 'node' }).code],
  ['swc to CommonJS, as in Jest', swcTo('commonjs', 'es2022')],
  ['swc to ES5', swcTo('commonjs', 'es5')],
  // The transformation of istanbul: https://github.com/istanbuljs/istanbuljs/tree/main/packages/istanbul-lib-instrument
  [
    'a coverage tool',
    (text) =>
      text
        .replace('=> import', '=> { cov_1a().f[0]++; cov_1a().s[1]++; return import')
        .replace(/=> \((\{.*\})\)\);$/, '=> { cov_1a().f[1]++; cov_1a().s[2]++; return $1; }); }')
        .replace(/(import\('[^']*'\));$/, '$1; }'),
  ],
  [
    'tsx to CommonJS',
    (text) =>
      esbuild(
        text.replace(
          /(import\([^)]*\))/,
          '$1.then(t=>{const e="default";return t[e]&&typeof t[e]=="object"&&"__esModule"in t[e]?t[e]:t})',
        ),
        { loader: 'ts' },
      ).code,
  ],
  ['Vite', (text) => text.replace('import(', '__vite_ssr_dynamic_import__(')],
];

describe.each(COMPILERS)('the export that a handler is, as compiled by %s', (_, compile) => {
  it.each([
    ["() => import('./orders.js')", 'handler'],
    ["() => import('./then-the-handler/await.js')", 'handler'],
    ["() => import('./orders.js').then((module) => ({ handler: module.place }))", 'place'],
    ["() => import('./orders.js').then((m) => ({ handler: m.default }))", 'default'],
    ["() => import('./handler.js').then((m) => ({ handler: m['place order'] }))", 'place order'],
  ])('%s', (source, name) => {
    expect(exportNameOf(compiled(source, compile))).toBe(name);
  });
});

it.each([
  ['() => import("./a.js").then(({ place }) => ({ handler: place }))'],
  ['() => import("./a.js").then((m) => m)'],
  ['() => import("./a.js").then((m) => ({ handler: wrap(m.place) }))'],
  ['async () => ({ handler: (await import("./a.js")).place })'],
  ['async () => await import("./a.js")'],
])('a handler that chooses in another way is refused: %s', (source) => {
  expect(() => exportNameOf(compiled(source, (text) => text))).toThrow(
    `\`handler\` must select another export of its module as in \`() => import('./orders.js').then((module) => ({ handler: module.place }))\`, got \`${source}\``,
  );
});
