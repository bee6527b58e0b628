// The tables of props and fields in docs/constructs, made from the types in lib and their doc comments.
// Without an option it fails when a table differs from what is committed; `npm run docs-props` rewrites them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commentOf, readDeclarations } from './private/declarations.mjs';
import { fieldsOf, membersOf, namesIn } from './private/members.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Options of functions, which many constructs take: their page has the table, the others link to it. */
const PAGES = { NodeFunctionOptions: 'node-function', HandlerFunctionProps: 'node-function' };

const cell = (text) => text.replaceAll('|', '\\|').trim();
const code = (text) => {
  if (text === '') return '';
  return text.includes('`') ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``;
};
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function memberRow(member) {
  const { summary, standard } = commentOf(member);
  const initial = cell(standard ?? (member.optional ? '' : 'required'));
  return [code(member.name), code(member.type), initial, cell(summary)];
}

function inheritedRow({ from, without, page }) {
  const source = page ? `[${from}](${page}.md#props)` : `CDK's \`${from}\``;
  const except = without.length > 0 ? `, without ${without.map(code).join(', ')}` : '';
  return [`every option of ${source}${except}`, '', '', ''];
}

/** The table of a type, and of the exported types that its members name. */
export function propsTables(name, page, declarations) {
  const shared = Object.fromEntries(Object.entries(PAGES).filter(([, target]) => target !== page));
  const done = new Set();
  const tables = [];
  const queue = [name];
  for (const next of queue) {
    if (done.has(next)) continue;
    done.add(next);
    const { members, inherited } = membersOf(next, { declarations, shared });
    const rows = [...members.map(memberRow), ...inherited.map(inheritedRow)];
    if (rows.length === 0) continue;
    const head = next === name ? '' : `### ${next}\n\n`;
    tables.push(head + table(['prop', 'type', 'default', 'effect'], rows));
    const types = members.flatMap((member) => namesIn(member.node));
    queue.push(
      ...types.filter((type) => !shared[type] && declarations.isOptions(type) && !queue.includes(type)),
    );
  }
  return tables.join('\n\n');
}

/** The table of the public fields of a class. */
export function fieldsTable(name, _page, declarations) {
  const { members, inherited } = fieldsOf(name, declarations);
  const rows = members.map((member) => [
    code(member.name),
    code(member.type),
    cell(commentOf(member).summary),
  ]);
  const parents = inherited.map((parent) => [`everything of CDK's \`${parent}\``, '', '']);
  return table(['field', 'type', ''], [...rows, ...parents]);
}

/** The text of a page with its tables made anew. */
export function pageWithTables(text, page, declarations) {
  return text.replace(
    /^(<!-- (props|fields): (\w+) -->\n)[\s\S]*?^(<!-- end -->)$/gm,
    (_, start, kind, name, end) => {
      const make = kind === 'props' ? propsTables : fieldsTable;
      return `${start}${make(name, page, declarations)}\n${end}`;
    },
  );
}

function main(words) {
  const folder = resolve(words.find((word) => !word.startsWith('--')) ?? join(ROOT, 'docs/constructs'));
  const declarations = readDeclarations(join(ROOT, 'lib'));
  const stale = readdirSync(folder).filter((file) => {
    const before = readFileSync(join(folder, file), 'utf8');
    const after = pageWithTables(before, file.replace('.md', ''), declarations);
    if (after !== before && words.includes('--write')) writeFileSync(join(folder, file), after);
    return after !== before;
  });
  if (stale.length === 0 || words.includes('--write')) return 0;
  console.error(
    `The tables of ${stale.join(', ')} differ from the types in lib: run \`npm run docs-props\`, and commit docs/constructs.`,
  );
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
