import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
const TSX = ['--conditions=cdk-trellis-source', '--import', 'tsx'];

const run = (cwd: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...TSX, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return { status, stdout, stderr };
};
const needs = (...args: string[]) => run(root, 'scripts/needs.mjs', ...args);

/** The two files of a kind that the library does not have. */
const TOY = {
  'lib/runtime/needs/phone.ts': `import { SNSClient } from '@aws-sdk/client-sns';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** Phone numbers of an application. */
export interface PhoneClient {
  readonly applicationArn: string;
  readonly client: SNSClient;
}

const client = /* @__PURE__ */ perRegion((place) => bounded(new SNSClient({ ...REQUESTS, ...place })));

const call: Need<'phone', 'call', PhoneClient> = {
  kind: 'phone',
  access: 'call',
  connect: (applicationArn) => ({ applicationArn, client: client(applicationArn) }),
};

/** Access to a phone. */
export const phone = { call };
`,
  'lib/bindings/kinds/phone.ts': `import type { IActivity } from 'aws-cdk-lib/aws-stepfunctions';
import { cdkResource, defineKind } from '../kind.js';

/** Phones. */
export const phone = defineKind('phone', {
  resource: cdkResource<IActivity>('activityArn'),
  accesses: { call: [{ actions: ['phone:Dial', 'phone:HangUp'] }] },
  binding: ({ activityArn }) => ({ value: activityArn }),
});
`,
};

/** An app that uses it. */
const CONSUMER = {
  'app/call.ts': `import { handle, phone, type PhoneClient } from 'cdk-trellis/runtime';

export const handler = handle({ doctor: phone.call }, async (_event: object, { doctor }) => {
  const client: PhoneClient = doctor;
  return client.applicationArn;
});
`,
  'app/app.ts': `import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Activity } from 'aws-cdk-lib/aws-stepfunctions';
import { App, Stack } from 'aws-cdk-lib/core';
import { bindTo, DataTable, NodeFunction } from 'cdk-trellis';
import { fakes } from 'cdk-trellis/testing';
import { handler } from './call.js';

const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
const doctor = new Activity(stack, 'Doctor');
new NodeFunction(stack, 'Call', { handler: () => import('./call.js'), bind: { doctor } });
const fn = new LambdaFunction(stack, 'Fn', {
  code: Code.fromInline('exports.handler = async () => 1;'),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
});
bindTo(fn, { doctor: { to: doctor, access: 'call' } });

export function errors(table: DataTable) {
  // @ts-expect-error a table instead of a phone
  new NodeFunction(stack, 'Wrong', { handler: () => import('./call.js'), bind: { doctor: table } });
  // @ts-expect-error an unknown access
  bindTo(fn, { doctor: { to: doctor, access: 'listen' } });
}

const { Resources } = Template.fromStack(stack).toJSON();
const text = JSON.stringify(Resources);
const fake = fakes(handler).doctor;
console.log(
  JSON.stringify({
    grants: text.match(/"Action":\\["phone:Dial","phone:HangUp"\\]/g)?.length,
    variables: text.match(/"DOCTOR_PHONE":/g)?.length,
    fake: fake.applicationArn,
    mock: typeof fake.mock.on,
  }),
);
`,
};

it('the indexes and tables of needs are what lib has; otherwise: npm run needs', () => {
  expect(needs()).toEqual({ status: 0, stdout: '', stderr: '' });
});

describe('a kind of need that is added', () => {
  let copy: string;
  const read = (file: string) => readFileSync(join(copy, file), 'utf8');
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      writeFileSync(join(copy, file), text);
    }
  };

  beforeAll(() => {
    mkdirSync(join(root, '.trellis'), { recursive: true });
    copy = mkdtempSync(join(root, '.trellis/needs-'));
    for (const file of ['lib', 'docs/constructs/bindings.md', 'README.md', 'package.json', 'tsconfig.json']) {
      cpSync(join(root, file), join(copy, file), { recursive: true });
    }
    // Synth takes the folder with the packages for that of the project.
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('is missed if one of its two files is missing', () => {
    const [runtime, synth] = Object.keys(TOY) as [keyof typeof TOY, keyof typeof TOY];
    write({ [runtime]: TOY[runtime] });
    expect(needs(copy).stderr).toContain(`needs: ${synth} is missing`);
  });

  it('needs these two files and no change to another: the rest is derived', () => {
    write({ ...TOY, ...CONSUMER });
    expect(needs(copy).stderr).toContain(
      'lib/bindings/kinds/index.ts, lib/runtime/index.ts, docs/constructs/bindings.md, README.md differ',
    );
    expect(needs(copy, '--write')).toMatchObject({ status: 0, stderr: '' });
    const row = '| `phone.call` | `IActivity` | `applicationArn`, `client` | Dial, HangUp |';
    expect(read('README.md')).toContain(row);
    expect(read('docs/constructs/bindings.md')).toContain(row);
    const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--pretty', 'false'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(tsc.stdout).toBe('');
    const { stdout, stderr } = run(copy, 'app/app.ts');
    const results = { grants: 2, variables: 2, fake: 'doctor', mock: 'function' };
    expect([stderr, stdout]).toEqual(['', `${JSON.stringify(results)}\n`]);
  });
});
