import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, newFolder, run, TARBALL, tool } from './consumer.js';

it('publint reports nothing', () => {
  const report = run(newFolder(), [process.execPath, tool('publint/src/cli.js'), 'run', TARBALL, '--strict']);
  expect(report).toContain('All good!');
});

it('attw finds no problem', () => {
  const attw = tool('@arethetypeswrong/cli/dist/index.js');
  const report = run(newFolder(), [process.execPath, attw, TARBALL, '--format', 'ascii', '--no-color']);
  expect(report).toContain('No problems found');
  expect(report).not.toMatch(/❌|🎭|⚠️|🚨/u);
});

const PAGE = `
import { createClient } from 'cdk-trellis/client';
import { defineApi } from 'cdk-trellis/contract';
import { mockApi } from 'cdk-trellis/mock';
import * as z from 'zod';
const api = defineApi({ name: 'a', version: '1.0.0' }, {
  get: { method: 'GET', path: '/a', auth: 'public', responses: { 200: z.string() } },
});
const fetch = mockApi(api, { get: async () => ({ status: 200, body: 'hello' }) });
const result = await createClient(api, { baseUrl: 'https://api.test', fetch: fetch as never }).get();
console.log(result.body);
`;

it('a front end installs no CDK, compiles without types of Node.js, and runs', () => {
  const folder = newFolder({ 'package.json': '{ "name": "web", "type": "module" }', 'page.ts': PAGE });
  install(folder, 'npm', ['cdk-trellis', 'zod', 'typescript@7.0.2', 'tsx@4.23.15']);
  for (const name of ['aws-cdk-lib', 'constructs']) {
    expect(existsSync(join(folder, 'node_modules', name))).toBe(false);
  }
  const options = ['--module', 'preserve', '--lib', 'es2023,dom', '--strict', '--noEmit'];
  expect(run(folder, ['npx', '--no', '--', 'tsc', ...options, 'page.ts'])).toBe('');
  expect(run(folder, [process.execPath, '--import', 'tsx', 'page.ts'])).toBe('hello\n');
}, 300_000);
