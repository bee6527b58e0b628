import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fencesOf } from '../../docs/fences.js';

const CLI = join(__dirname, '../../../lib/cli');
const GUIDE = join(__dirname, '../../../docs/deploy-to-aws.md');

/** Prefixes of actions that differ from the names of the clients. */
const PREFIXES: Readonly<Record<string, string>> = {
  'dynamodb-streams': 'dynamodb',
  eventbridge: 'events',
  sfn: 'states',
};

/** Actions whose names differ from their operations. */
const ACTIONS: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

/** Static and dynamic imports of a client of the SDK. */
const IMPORT = /\{([^{}]*)\}\s*(?:=\s*await import\(|from\s)\s*'@aws-sdk\/client-([a-z-]+)'/g;

function actionsIn(text: string): string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)].map(([, command, paginated]) => {
      const action = `${PREFIXES[client] ?? client}:${command ?? paginated}`;
      return ACTIONS[action] ?? action;
    }),
  );
}

it('the policy of the guide for `trellis redrive` has every action that the command calls, and no other', () => {
  const files = ['redrive.ts', ...readdirSync(join(CLI, 'redrive')).map((name) => join('redrive', name))];
  const called = files.flatMap((name) => actionsIn(readFileSync(join(CLI, name), 'utf8')));
  const policy = fencesOf(GUIDE).find(({ text }) => text.includes('sqs:StartMessageMoveTask'));
  expect(JSON.parse(policy!.text).Statement[0].Action).toEqual([...new Set(called)].sort());
});
