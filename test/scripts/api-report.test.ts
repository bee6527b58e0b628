import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(__dirname, '../..');
const script = pathToFileURL(join(root, 'scripts/api-report.mjs')).href;

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'trellis-api-report-'));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'sample',
      exports: { '.': { types: './dist/index.d.ts' }, './package.json': {} },
    }),
  );
  mkdirSync(join(project, 'dist'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** The report of declarations, and how it differs from the committed one. */
function report(declarations: string): { text: string; differences: string[] } {
  writeFileSync(join(project, 'dist/index.d.ts'), declarations);
  const program = `
    import { apiReports, differences, entryPoints } from '${script}';
    const reports = apiReports({ root: '${project}', entries: entryPoints('${project}') });
    console.log(JSON.stringify({ text: reports.get('index.api.md'), differences: differences('${project}', reports) }));
  `;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  return JSON.parse(printed.trim().split('\n').at(-1)!);
}

it('the report has exported names with their props, also those of a type that is not exported', () => {
  const { text } = report(
    'interface Base { readonly size?: number }\nexport interface BoxProps extends Base { readonly name: string }\nexport {};',
  );
  expect(text).toContain('readonly name: string');
  expect(text).toContain('readonly size?: number');
});

it('a changed prop is a difference, and none is left when the report is committed', () => {
  const before = report('export interface BoxProps { readonly name: string }');
  expect(before.differences).toEqual(['index.api.md is missing']);
  writeFileSync(join(project, 'index.api.md'), before.text);
  expect(report('export interface BoxProps { readonly name: string }').differences).toEqual([]);
  const { differences } = report('export interface BoxProps { readonly name: number }');
  expect(differences.join()).toContain('-     readonly name: string');
  expect(differences.join()).toContain('+     readonly name: number');
});

it('each entry point of the package has a report that is committed', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = Object.entries<{ types?: string; default?: { types?: string } }>(exports).filter(
    ([, target]) => target.types ?? target.default?.types,
  );
  expect(readdirSync(join(root, 'docs/api')).sort()).toEqual(
    names.map(([name]) => `${name.slice(2) || 'index'}.api.md`).sort(),
  );
});
