import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedApp, filesOf, install, installedApp, write } from './consumer.js';

/** The kit's optional peers, and the oldest supported compiler and the last in JavaScript beside the newest. */
const MORE = ['aws-sdk-client-mock', 'cdk-nag', 'ts54@npm:typescript@5.4', 'ts59@npm:typescript@5.9'];

const SHARED = { target: 'es2022', lib: ['es2023', 'dom'], strict: true, types: ['node'], noEmit: true };
const NODENEXT = { ...SHARED, module: 'nodenext' };
const UNCHECKED = { skipLibCheck: true };
const CHECKED = { skipLibCheck: false };
/** The resolution that does not read `exports`. */
const NODE10 = { ...SHARED, module: 'commonjs', moduleResolution: 'node', ...UNCHECKED };

const INFERRED = ['inferred.ts', 'inferred-constructs.ts', 'inferred-handlers.ts', 'inferred-step.ts'];

let folder: string;

beforeAll(() => {
  folder = installedApp('npm');
  install(folder, 'npm', ['--save-dev', ...MORE]);
  const files = { ...documentedApp(), ...filesOf('docs/contracts.md') };
  for (const name of INFERRED) files[name] = readFileSync(join(__dirname, name), 'utf8');
  for (const type of ['module', 'commonjs']) {
    const named = Object.entries(files).map(([name, text]) => [join(type, name), text]);
    write(folder, Object.fromEntries(named));
    write(folder, { [`${type}/package.json`]: JSON.stringify({ type }) });
  }
}, 300_000);

/** The settings that `cdk init app --language typescript` writes, and the DOM for the docs' page of a browser. */
function cdkInit(): object {
  const template = 'node_modules/aws-cdk/lib/init-templates/app/typescript/tsconfig.json';
  const { compilerOptions } = JSON.parse(readFileSync(join(folder, template), 'utf8'));
  expect(compilerOptions.declaration).toBe(true);
  const lib = [...compilerOptions.lib, 'dom', 'dom.asynciterable'];
  return { ...compilerOptions, lib, typeRoots: ['../node_modules/@types'], types: ['node'] };
}

/** Compiles the consumer's files and returns the compiler's messages. */
function compile(type: string, typescript: string, compilerOptions: object): string {
  write(folder, {
    [`${type}/tsconfig.json`]: JSON.stringify({ compilerOptions, include: ['**/*.ts'], exclude: ['out'] }),
  });
  const tsc = join(folder, 'node_modules', typescript, 'bin/tsc');
  const command = [tsc, '--pretty', 'false', '-p', join(folder, type)];
  const { stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return stdout + stderr;
}

it.each<[string, string, string, object | 'cdk init']>([
  ['TypeScript 7, ES modules', 'module', 'typescript', { ...NODENEXT, ...CHECKED }],
  ['TypeScript 7, CommonJS', 'commonjs', 'typescript', { ...NODENEXT, ...CHECKED }],
  ['TypeScript 7, as a bundler', 'module', 'typescript', { ...SHARED, module: 'preserve', ...UNCHECKED }],
  ["TypeScript 7, `cdk init`'s settings", 'commonjs', 'typescript', 'cdk init'],
  ["TypeScript 5.9, `cdk init`'s settings", 'commonjs', 'ts59', 'cdk init'],
  ['TypeScript 5.4, ES modules', 'module', 'ts54', { ...NODENEXT, ...UNCHECKED }],
  ['TypeScript 5.4, without `exports`', 'commonjs', 'ts54', NODE10],
])(
  '%s: 0 errors',
  (_, type, typescript, options) => {
    expect(compile(type, typescript, options === 'cdk init' ? cdkInit() : options)).toBe('');
  },
  120_000,
);

it('with exact optional properties and checked declarations, all errors are of aws-cdk-lib', () => {
  const options = { ...NODENEXT, ...CHECKED, exactOptionalPropertyTypes: true };
  const lines = compile('module', 'typescript', options)
    .split('\n')
    .filter((line) => /^\S/.test(line));
  expect(lines.filter((line) => !line.includes('node_modules/aws-cdk-lib/'))).toEqual([]);
});

it('the types are not `any`', () => {
  write(folder, {
    'module/wrong.ts':
      "import { handle } from 'cdk-trellis/runtime';\nexport const handler = handle({}, async (_e: object, _c, context) => context.nonsense);\n",
  });
  expect(compile('module', 'typescript', { ...NODENEXT, ...UNCHECKED })).toContain('TS2339');
  write(folder, { 'module/wrong.ts': 'export {};\n' });
});
