import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as library from 'cdk-trellis';
import { Construct } from 'constructs';
import { PROPS_TABLE } from '../../lib/construct/props-table.js';

const root = join(__dirname, '../..');

// Compiles lib.
jest.setTimeout(180_000);

it('the table of properties is what the types in lib have; otherwise: npm run props-table', () => {
  const script = join(root, 'scripts/props-table.mjs');
  const { stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(stderr).toBe('');
});

it('the table has each construct that users create', () => {
  const indirect = ['EventHubBase', 'EventSubscription'];
  const constructs = Object.entries(library)
    .filter(([, value]) => typeof value === 'function' && value.prototype instanceof Construct)
    .map(([name]) => name)
    .filter((name) => !indirect.includes(name));
  const names = PROPS_TABLE.trim()
    .split('\n')
    .map((line) => line.replace(/:.*/, ''));
  expect(names).toEqual(expect.arrayContaining(constructs));
});
