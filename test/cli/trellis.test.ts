import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { project } from '../local/project.js';

const trellis = join(__dirname, '../../lib/cli/trellis.mjs');
const projectDir = project();

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command; `onOutput` gets its output so far. */
function run(
  args: string[],
  onOutput?: (stdout: string, child: ReturnType<typeof spawn>) => void,
  env: NodeJS.ProcessEnv = {},
  cwd = projectDir,
): Promise<Result> {
  const child = spawn(process.execPath, [trellis, ...args], {
    cwd,
    env: { ...process.env, ...env },
  });
  const result: Result = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    result.stdout += data;
    onOutput?.(result.stdout, child);
  });
  child.stderr.on('data', (data) => {
    result.stderr += data;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...result, code })));
}

afterAll(async () => {
  await run(['down', '--clean']);
  rmSync(projectDir, { recursive: true, force: true });
});

it('fails with a message on the error stream if no local cloud runs', async () => {
  const { code, stdout, stderr } = await run(['info', '--json']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(`No local cloud is running for ${projectDir}.\nStart it with \`npx trellis up\`.\n`);
});

it('prints the version of the library', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it('rejects an invalid port', async () => {
  const { code, stderr } = await run(['up', '--port', 'abc']);
  expect(code).toBe(1);
  expect(stderr).toContain('must be a port number (0 to 65535), got "abc"');
});

it('fails in a folder without an app before it starts or writes anything', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'trellis-empty-'));
  const { code, stderr } = await run(['up', '--port', '0'], undefined, {}, empty);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `Expected a CDK app in ${empty}, but it has no cdk.json.\nRun this command in the app's folder.\n`,
  );
  expect(readdirSync(empty)).toEqual([]);
  rmSync(empty, { recursive: true });
});

it('deploys, prints the addresses as JSON, and stops', async () => {
  expect(await run(['up', '--detach', '--port', '0'])).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout } = await run(['info', '--json']);
  const info = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(Object.keys(info)).toEqual(['endpoint', 'apis', 'outputs']);
  expect(await (await fetch(`${info.apis.notes}/here`)).json()).toEqual({ here: true });
  const variables = (await run(['info', '--env'])).stdout;
  const caller =
    'curl -s --aws-sigv4 aws:amz:us-east-1:sts --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"';
  const script = `${variables}${caller} "$AWS_ENDPOINT_URL/?Action=GetCallerIdentity&Version=2011-06-15"`;
  const env = { ...process.env, AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'real' };
  const output = execFileSync('bash', ['-c', `${script}; env`], { encoding: 'utf8', env });
  expect(output).toContain('<Arn>arn:aws:iam::000000000000:root</Arn>');
  expect(output).not.toMatch(/AWS_(PROFILE|SESSION_TOKEN)/);
  expect(stdout).not.toContain(/AWS_SECRET_ACCESS_KEY=(\S+)/.exec(variables)![1]);
  expect(await run(['info', '--api', 'notes'])).toMatchObject({ code: 0, stdout: `${info.apis.notes}\n` });
  expect(await run(['info', '--api', 'orders'])).toMatchObject({
    code: 1,
    stderr: '`--api` must name an API of the app (notes), got "orders".\n',
  });
  // Without the SDK's warning about the version of Node.js.
  const withWarning = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined };
  const { stderr } = await run(['redrive', 'Nothing'], undefined, withWarning);
  expect(stderr).toMatch(/^Expected a queue, or the path of a construct/);
  expect(await run(['down'])).toMatchObject({
    code: 0,
    stdout: 'The local cloud is stopped. Its data is saved for the next start.\n',
  });
  expect(await run(['down'])).toMatchObject({ code: 0, stdout: 'No local cloud was running.\n' });
});

it('runs until Ctrl-C, and keeps the deployed stacks', async () => {
  const { code, stdout } = await run(['up', '--port', '0'], (soFar, child) => {
    if (soFar.includes('Ctrl-C') && !soFar.includes('Stopping')) child.kill('SIGINT');
  });
  expect(code).toBe(130);
  expect(stdout).toContain('Notes: no changes');
  expect(stdout).toMatch(
    /Stopping the local cloud\nThe local cloud is stopped. Its data is saved for the next start.\n$/,
  );
  expect((await run(['info'])).code).toBe(1);
});

it('fails and reports the loss when the data cannot be saved', async () => {
  const { code, stderr } = await run(['up', '--port', '0'], (soFar, child) => {
    if (!soFar.includes('Ctrl-C') || soFar.includes('Stopping')) return;
    const files = join(projectDir, '.trellis/data/saves/files');
    renameSync(files, `${files}.away`);
    writeFileSync(files, '');
    child.kill('SIGINT');
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^The local cloud is stopped, but its last save failed: NotADirectoryError: .*\nThe next start has the data of \d\d:\d\d:\d\d; later changes are lost.\n$/,
  );
  expect((await run(['down', '--clean'])).code).toBe(0);
  expect((await run(['up', '--detach', '--port', '0'])).code).toBe(0);
  expect((await run(['down'])).code).toBe(0);
});

it('exits with 0 when it is stopped from another terminal', async () => {
  let down: Promise<Result> | undefined;
  const { code, stdout, stderr } = await run(['up', '--port', '0'], (soFar) => {
    if (soFar.includes('Ctrl-C')) down ??= run(['down']);
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('The local cloud is stopped. Its data is saved for the next start.');
  expect((await down)?.code).toBe(0);
});

it('fails with a remedy when it cannot write its files', async () => {
  const file = join(projectDir, 'file');
  writeFileSync(file, '');
  const { code, stderr } = await run(['up', '--port', '0'], undefined, {
    TRELLIS_STATE_DIR: join(file, 'state'),
  });
  expect(code).toBe(1);
  expect(stderr).toContain(
    `must be able to write ${file}/state, but a part of the path is not a folder.\nMake the path writable`,
  );
});
