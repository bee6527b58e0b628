// Compiles the library into dist/: CommonJS for the CDK, and in addition ES modules of the entry points for handlers and
// browsers, so that bundlers can remove unused code.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function tsc(...args) {
  const { status } = spawnSync(join(root, 'node_modules/.bin/tsc'), args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
tsc('--project', 'tsconfig.build.json');
tsc(
  '--project',
  'tsconfig.build.json',
  '--module',
  'es2022',
  '--moduleResolution',
  'bundler',
  '--declaration',
  'false',
  '--outDir',
  'dist/esm',
);
for (const room of readdirSync(join(root, 'dist/esm'))) {
  if (!['client', 'contract', 'http', 'mock', 'runtime', 'site', 'testing'].includes(room))
    rmSync(join(root, 'dist/esm', room), { recursive: true });
}
// The only handler of lib/site is the function in content.
for (const name of readdirSync(join(root, 'dist/esm/site'))) {
  if (name !== 'content') rmSync(join(root, 'dist/esm/site', name), { recursive: true });
}
writeFileSync(join(root, 'dist/esm/package.json'), '{ "type": "module", "sideEffects": false }\n');

// Declarations for `import` are ES modules. They re-export the CommonJS ones: if a class or a unique symbol were declared
// twice, it would be two types, and the constructs, which are CommonJS, would not accept a contract of an ES module.
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const [name, entry] of Object.entries(exports)) {
  if (!entry.import) continue;
  const room = name.slice('./'.length);
  writeFileSync(join(root, entry.import.types), `export * from '../../${room}/index.js';\n`);
}

// Copies files that are not compiled: the emulator, and inline code of templates.
for (const name of readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })) {
  if (!/\.(py|txt|cjs)$/.test(name)) continue;
  mkdirSync(dirname(join(root, 'dist', name)), { recursive: true });
  cpSync(join(root, 'lib', name), join(root, 'dist', name));
}

// Makes the CommonJS entry points lazy, as aws-cdk-lib does: each module is loaded when its name is first used. So a
// unit test of a handler loads only the clients of the AWS SDK that it uses, and an app without an API does not load zod.
for (const name of ['index.js', 'runtime/index.js', 'testing/index.js']) {
  const barrel = join(root, 'dist', name);
  const text = readFileSync(barrel, 'utf8');
  const files = new Map(
    [...text.matchAll(/^var (\w+) = require\((".+")\);$/gm)].map(([, id, file]) => [id, file]),
  );
  const getters = text.matchAll(
    /"(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+)\.\1; \} \}/g,
  );
  const exported = [...getters].map(([, name, id]) => ({ name, file: files.get(id) }));
  if (exported.length === 0 || exported.some(({ file }) => !file) || text.includes('__exportStar')) {
    throw new Error(`${barrel} must have exports by name, in the form of tsc`);
  }
  writeFileSync(
    barrel,
    `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const lazily = (name, load) =>
  Object.defineProperty(module.exports, name, { enumerable: true, get: () => load()[name] });
${exported.map(({ name: id, file }) => `lazily("${id}", () => require(${file}));`).join('\n')}
// Never runs: Node.js reads the names from it when an ES module imports them.
0 && (module.exports = { ${exported.map(({ name: id }) => id).join(', ')} });
`,
  );
}
