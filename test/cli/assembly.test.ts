import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputFolder } from '../../lib/cli/assembly.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-output-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['{ "app": "node app.cjs", "output": "build/cdk" }', 'build/cdk'],
  ['{ "app": "node app.cjs" }', 'cdk.out'],
  ['not JSON', 'cdk.out'],
])('with the cdk.json %s, commands read the app from %s', (text, expected) => {
  writeFileSync(join(folder, 'cdk.json'), text);
  expect(outputFolder(folder)).toBe(expected);
});

it('without a cdk.json, commands read the app from cdk.out', () => {
  expect(outputFolder(join(folder, 'none'))).toBe('cdk.out');
});
