import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything } from '../workflow/definitions.js';
import { isCancelled, publishOutcome, templateWith } from '../workflow/stacks.js';
import { cfnLint } from './cfn-lint.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-templates-'));

const CHANGES: Readonly<Record<string, (definition: any) => void>> = {
  nothing: () => {},
  'a state that is of no type': ({ States }) => {
    States.Completed.Type = 'Done';
  },
  'a call of something that is not an ARN': ({ States, StartAt }) => {
    States[StartAt].Resource = 'arn:aws:lambda';
  },
  'a state that is not there': (definition) => {
    definition.StartAt = 'nowhere';
  },
};

/** Findings of a single run: the start of the linter takes most of the time. */
let findings: readonly string[];
beforeAll(async () => {
  findings = await cfnLint(Object.entries(CHANGES).map(([name, change]) => written(name, change)));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The template of a saga with steps of every kind, and with a change to its definition. */
function written(name: string, change: (definition: any) => void): string {
  const template: any = templateWith({
    definition: everything,
    cancelled: isCancelled,
    onOutcome: publishOutcome,
  }).toJSON();
  const [machine] = Object.values<any>(template.Resources).filter(({ Type }) =>
    Type.endsWith('::StateMachine'),
  );
  const definition = JSON.parse(machine.Properties.DefinitionString);
  change(definition);
  machine.Properties.DefinitionString = JSON.stringify(definition);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(template));
  return file;
}

const foundIn = (name: string) => findings.filter((finding) => finding.includes(`(${name}.json:`));

it('cfn-lint reads the state machine of a saga, and finds nothing', () => {
  expect(foundIn('nothing')).toEqual([]);
});

it.each(Object.keys(CHANGES).slice(1))('cfn-lint would find %s', (name) => {
  expect(foundIn(name)).toContainEqual(expect.stringMatching(/^E3601 /));
});
