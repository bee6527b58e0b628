// lib/construct/props-table.ts: the properties that the constructs take, read from their types by the compiler.
// Without an option it fails when the file is outdated; `npm run props-table` rewrites it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportedTypes, Shapes } from './private/prop-kinds.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The constructs that users create, and options of methods. */
const CONSTRUCTS = [
  'Api',
  'AssetFunction',
  'CronJob',
  'DataTable',
  'EventHub',
  'HandlerFunction',
  'IdempotencyTable',
  'Monitoring',
  'NodeFunction',
  'Outbox',
  'QueueWorker',
  'Saga',
  'Site',
  'UserDirectory',
];

const HEAD = `// Made from the types of the constructs' props by \`npm run props-table\`.

/** The release of aws-cdk-lib whose properties these are. */
export const CDK_VERSION = '%s';

/**
 * A line for each construct, and for each type of options: \`Name: name=kind|kind\`, \`name?=\` for an optional property,
 * \`...\` for a type with properties of CDK, which a later release may add to. A kind is that of the value, the name of
 * a type of options (a list of them is \`Name[]\`), \`#Name\` for other objects, or \`*\` for any value. The name \`*\` is
 * any name.
 */
export const PROPS_TABLE = \`
%s
\`;
`;

export function propsTable(root) {
  const text = CONSTRUCTS.map(
    (name) => `export type Of${name} = ConstructorParameters<typeof import('./index.js').${name}>[2];\n`,
  ).join('');
  const compiled = exportedTypes(root, text);
  const shapes = new Shapes(compiled);
  for (const name of CONSTRUCTS) shapes.add(name, [compiled.types.get(`Of${name}`)]);
  const { version } = createRequire(import.meta.url)('aws-cdk-lib/package.json');
  const lines = shapes.linesOf(CONSTRUCTS).map(([name, line]) => `${name}: ${line}`);
  return HEAD.replace('%s', version).replace('%s', lines.join('\n'));
}

function main(words) {
  const file = resolve(
    words.find((word) => !word.startsWith('--')) ?? join(ROOT, 'lib/construct/props-table.ts'),
  );
  const table = propsTable(ROOT);
  if (words.includes('--write')) writeFileSync(file, table);
  if (readFileSync(file, 'utf8') === table) return 0;
  console.error(`${file} differs from the types in lib: run \`npm run props-table\`, and commit it.`);
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
