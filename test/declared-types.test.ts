import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Imports, also of types alone and within types: declarations that are published have them. */
const IMPORT =
  /^(?:import|export)\b[^;'"=]*?from '([@\w][\w./@-]*)';|^import '([@\w][\w./@-]*)';|\bimport\('([@\w][\w./@-]*)'\)\./gm;

const nameOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

it('every package that published declarations name is installed with this one', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const declared = Object.keys({ ...dependencies, ...peerDependencies });
  const files = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  // Comments have examples, which import what is the user's.
  const textOf = (name: string) =>
    readFileSync(join(ROOT, 'lib', name), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const named = files.flatMap((name) =>
    [...textOf(name).matchAll(IMPORT)].map(([, from, effect, type]) => nameOf(from ?? effect ?? type ?? '')),
  );
  const packages = [...new Set(named)].filter((name) => !/^(\.|cdk-trellis$)/.test(name) && !isBuiltin(name));
  expect(packages).toContain('aws-lambda');
  const missing = packages.filter((name) => !declared.includes(name) && !declared.includes(`@types/${name}`));
  expect(missing).toEqual([]);
});
