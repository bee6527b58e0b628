import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedApp, installedApp, MANAGERS, type Manager, run, write } from './consumer.js';

const FILES = documentedApp();

describe.each<Manager>(['npm', 'pnpm', 'yarn'])('the documented app, installed with %s', (manager) => {
  let folder: string;
  const exec = (command: readonly string[], env = {}) =>
    run(folder, [...MANAGERS[manager].exec, ...command], env);

  beforeAll(() => {
    folder = installedApp(manager);
    write(folder, FILES);
  }, 300_000);

  it('synthesizes', () => {
    exec(['cdk', 'synth', '--quiet'], { CDK_VALIDATION: 'false' });
    const { Resources } = JSON.parse(readFileSync(join(folder, 'cdk.out/Greetings.template.json'), 'utf8'));
    const types = Object.values<any>(Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::Lambda::Function').length).toBeGreaterThanOrEqual(2);
    expect(readdirSync(join(folder, 'cdk.out')).filter((name) => name.startsWith('asset.'))).not.toEqual([]);
  });

  // TypeScript 7 does not resolve modules of Yarn's Plug'n'Play.
  if (manager === 'yarn') return;

  it('compiles', () => {
    const files = Object.keys(FILES).filter((name) => name.endsWith('.ts'));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--types', 'node', '--skipLibCheck'];
    expect(exec(['tsc', ...options, ...files])).toBe('');
  });
});
