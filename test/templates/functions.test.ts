import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { FORMS } from '../function/forms.js';
import { newStack } from '../support/template.js';
import { cfnLint } from './cfn-lint.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-templates-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A template as a file. */
function written(name: string, template: object): string {
  const file = join(folder, `${name.replaceAll(' ', '-')}.json`);
  writeFileSync(file, JSON.stringify(template));
  return file;
}

const templates = Object.entries(FORMS).map(([name, make]) => {
  const stack = newStack();
  make(stack);
  return [name, Template.fromStack(stack).toJSON()] as const;
});

it('cfn-lint finds nothing in a function of any kind of code', async () => {
  const files = templates.map(([name, template]) => written(name, template));
  expect(await cfnLint(files)).toEqual([]);
});

it('cfn-lint would find what is wrong with a function', async () => {
  const [, template] = templates.find(([name]) => name === 'an image that is built')!;
  const [id] = Object.keys(template.Resources).filter((id) => id.startsWith('Fn9'));
  const wrong = structuredClone(template);
  wrong.Resources[id!].Properties.Handler = 'main.handler';
  wrong.Resources[id!].Properties.PackageType = 'Zip';
  expect(await cfnLint([written('wrong', wrong)])).toContainEqual(expect.stringContaining('Runtime'));
});

it('cfn-lint would find a dependency that is superfluous, but for that of a function on its role', async () => {
  const file = written('superfluous', {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        DependsOn: ['Topic'],
        Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'a@example.com' },
      },
    },
  });
  expect(await cfnLint([file])).toEqual([expect.stringMatching(/^W3005 /)]);
});
