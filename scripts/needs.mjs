// What follows from the table of needs, one file for each kind in lib/runtime/needs and in lib/bindings/kinds: both
// indexes, and the tables in README.md and docs/constructs/bindings.md. Without an option it fails when a file differs
// from what is committed; `npm run needs` rewrites them.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNeedKinds } from './private/need-kinds.mjs';
import { needsTable, needsTableByKind } from './private/needs-tables.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const TABLE = /(<!-- needs -->\n)[\s\S]*?(<!-- end -->)/;
const EXPORTS_OF_KINDS = /^export \{[^}]*\} from '\.\/needs\/(?!need\.js)[\w-]+\.js';\n/gm;

/** @param {string} text @param {string} table */
function withTable(text, table) {
  if (!TABLE.test(text)) throw new Error('needs: the page must have <!-- needs --> and <!-- end -->');
  return text.replace(TABLE, (_, start, end) => `${start}${table}\n${end}`);
}

/** The entry point of the runtime with the exports of all kinds; the formatter sorts them. */
function withExports(text, kinds) {
  const exports = kinds.map(({ name, exported }) => {
    const names = exported.map(({ id, isType }) => (isType ? `type ${id}` : id));
    return `export { ${names.join(', ')} } from './needs/${name}.js';\n`;
  });
  return sorted(`${text.replace(EXPORTS_OF_KINDS, '')}${exports.join('')}`);
}

function sorted(text) {
  const biome = join(ROOT, 'node_modules/.bin/biome');
  const command = ['check', '--write', '--stdin-file-path=lib/runtime/index.ts'];
  const { status, stdout, stderr } = spawnSync(biome, command, { cwd: ROOT, input: text, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Returns the derived files by path. @param {string} root @returns {Promise<Map<string, string>>} */
async function derivedFiles(root) {
  const kinds = await readNeedKinds(root);
  const index = kinds.map(({ name }) => `export { ${name} } from './${name}.js';\n`);
  const read = (file) => readFileSync(join(root, file), 'utf8');
  const [runtime, page, readme] = ['lib/runtime/index.ts', 'docs/constructs/bindings.md', 'README.md'];
  return new Map([
    ['lib/bindings/kinds/index.ts', `// Written by \`npm run needs\`.\n${index.join('')}`],
    [runtime, withExports(read(runtime), kinds)],
    [page, withTable(read(page), needsTable(kinds))],
    [readme, withTable(read(readme), needsTableByKind(kinds))],
  ]);
}

async function main(words) {
  const root = resolve(words.find((word) => !word.startsWith('--')) ?? ROOT);
  const files = await derivedFiles(root);
  const stale = [...files].filter(([file, text]) => readFileSync(join(root, file), 'utf8') !== text);
  if (words.includes('--write')) {
    for (const [file, text] of stale) writeFileSync(join(root, file), text);
    return 0;
  }
  if (stale.length === 0) return 0;
  const names = stale.map(([file]) => file).join(', ');
  console.error(`${names} differ from the needs in lib: run \`npm run needs\`, and commit the result.`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
