import type { ListedTarget, Results } from './results.js';

const INTRODUCTION = `# What is verified where

Made from the last runs of the behaviour suite and the drills; \`npm test\` and \`npm run test:localstack\` write it. Both
run the same files against a deployed storefront: on the local cloud (MiniStack with corrections, IAM enforced), and on
LocalStack 4.14.0 without Docker (IAM not enforced). A number is a reason below why a target cannot meet an expectation;
\`test/behaviour/left-out.ts\` lists them. A dash is a file that is for the other target alone.
`;

const MAX_TIMEOUT = 110;

/** Returns the page of all expectations, by file, with the result of each on every target. */
export function targetsPage(results: Readonly<Record<ListedTarget, Results>>): string {
  const reasons: string[] = [];
  const files = [...new Set([...Object.keys(results.local), ...Object.keys(results.localstack)])].sort();
  const sections = files.map((file) => section(file, results, reasons));
  const list = reasons.map((reason, at) => `${at + 1}. ${reason}`);
  return [INTRODUCTION, summary(results), '## Reasons', '', ...list, '', ...sections].join('\n');
}

function summary(results: Readonly<Record<ListedTarget, Results>>): string {
  const count = (target: ListedTarget) => {
    const all = Object.values(results[target]).flatMap((file) => Object.values(file));
    const passed = all.filter((result) => result === 'pass').length;
    return `| ${passed} | ${all.length - passed} |`;
  };
  return [
    '| target | pass | left out |',
    '| --- | --- | --- |',
    `| local cloud ${count('local')}`,
    `| LocalStack ${count('localstack')}`,
    '',
  ].join('\n');
}

function section(
  file: string,
  { local, localstack }: Readonly<Record<ListedTarget, Results>>,
  reasons: string[],
): string {
  const names = [...new Set([...Object.keys(local[file] ?? {}), ...Object.keys(localstack[file] ?? {})])];
  const rows = names.map(
    (name) =>
      `| ${shown(name)} | ${cell(local[file]?.[name], reasons)} | ${cell(localstack[file]?.[name], reasons)} |`,
  );
  return [
    `## ${file}`,
    '',
    '| expectation | local cloud | LocalStack |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function cell(result: string | undefined, reasons: string[]): string {
  if (result === undefined) return '–';
  if (result === 'pass') return 'pass';
  if (!reasons.includes(result)) reasons.push(result);
  return String(reasons.indexOf(result) + 1);
}

/** A name as text: without markup, and not as long as some inputs are. */
function shown(name: string): string {
  const text = name.length > MAX_TIMEOUT ? `${name.slice(0, MAX_TIMEOUT)}…` : name;
  return text.replace(/[\\|<>&*_`[\]]/g, (sign) => `&#${sign.codePointAt(0)};`).replaceAll('\n', ' ');
}
