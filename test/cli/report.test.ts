import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { App, Stack } from 'aws-cdk-lib/core';
import { applyTarget, DataTable } from 'cdk-trellis';
import { report } from '../../lib/cli/report.js';
import { project, writeApp } from '../local/project.js';

async function printed(app: App, options: { json?: boolean } = {}): Promise<string> {
  const log = jest.spyOn(console, 'log').mockImplementation();
  try {
    await report({ app: app.synth().directory, ...options });
    return log.mock.calls.join('\n');
  } finally {
    log.mockRestore();
  }
}

function shopFor(target: string): App {
  const app = new App({ context: { target } });
  const stack = new Stack(app, 'Shop');
  new CfnUserPool(stack, 'Users');
  new CfnUserPool(stack, 'Admins');
  applyTarget(stack);
  return app;
}

it('prints the resources that are left out, with the reason, by type', async () => {
  expect(
    await printed(shopFor('localstack')),
  ).toBe(`Target localstack (LocalStack 4.14.0): 2 resources left out, 0 replaced, 0 settings without effect (npx trellis report --target localstack)

Left out
  AWS::Cognito::UserPool: not part of the community edition. Instead: the local cloud of \`trellis up\` has it.
    Shop/Users
    Shop/Admins`);
});

it('prints settings without effect', async () => {
  const app = new App({ context: { target: 'local' } });
  new DataTable(new Stack(app, 'Shop'), 'Products', { partitionKey: 'productId' });
  expect(await printed(app)).toContain(`Without effect
  AWS::DynamoDB::GlobalTable Replicas.PointInTimeRecoverySpecification: MiniStack keeps no history of tables. Instead: \`trellis down\` keeps what is there; \`--clean\` deletes it.
    Shop/Products/Table/Resource`);
});

it('prints JSON with --json', async () => {
  expect(JSON.parse(await printed(shopFor('localstack'), { json: true }))).toMatchObject({
    target: 'localstack',
    differences: [{ path: 'Shop/Users' }, { path: 'Shop/Admins' }],
  });
});

it('prints that nothing differs on AWS', async () => {
  expect(await printed(shopFor('aws'))).toBe('Target aws: everything as on AWS');
});

it('fails with a remedy without a synthesized app', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'report-'));
  await expect(report({ app: empty })).rejects.toThrow(
    `Expected the report of a target in ${empty}, but the folder has no synthesized app.\nPass a target to synthesize for with \`--target local\` (or localstack), or the folder with \`--app\`.`,
  );
});

it('fails with a remedy for an app without constructs of the library', async () => {
  const app = new App();
  new Stack(app, 'Shop');
  const { directory } = app.synth();
  await expect(report({ app: directory })).rejects.toThrow(
    'was synthesized without the constructs of cdk-trellis',
  );
});

it('synthesizes the app in this folder for a target, independent of credentials in the environment', () => {
  const cwd = project();
  const trellis = join(__dirname, '../../lib/cli/trellis.mjs');
  const env = { ...process.env, AWS_PROFILE: 'production', CDK_DEFAULT_ACCOUNT: '123456789012' };
  const args = [trellis, 'report', '--target', 'localstack'];
  try {
    const tsx = join(__dirname, '../../node_modules/tsx/dist/loader.mjs');
    const app = `node --conditions=cdk-trellis-source --import ${tsx} app.cjs`;
    writeFileSync(join(cwd, 'cdk.json'), JSON.stringify({ app }));
    writeApp(
      cwd,
      `require(${JSON.stringify(join(__dirname, '../../lib/target/apply-target.ts'))}).applyTarget(stack);`,
    );
    expect(execFileSync(process.execPath, args, { cwd, env, encoding: 'utf8' })).toBe(
      'Target localstack (LocalStack 4.14.0): everything as on AWS\n',
    );
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
