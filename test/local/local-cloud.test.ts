import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findLocalCloud, type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { project, writeApp } from './project.js';

jest.setTimeout(60_000);

const projectDir = project();
const lines: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  process.env.AWS_PROFILE = 'production';
  cloud = await startLocalCloud({ projectDir, port: 0, log: (line) => lines.push(line) });
}, 60_000);
afterAll(async () => {
  delete process.env.AWS_PROFILE;
  await cloud.stop();
  rmSync(projectDir, { recursive: true, force: true });
});

const deployLines = async () => {
  lines.length = 0;
  await cloud.deploy();
  return lines;
};

it('deploys an app unchanged, with the default synthesizer and nothing of a real account', async () => {
  const info = await cloud.deploy();
  expect(info).toEqual({
    endpoint: cloud.endpoint,
    apis: { notes: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/restapis\/\w+\/api\/_user_request_$/) },
    outputs: { Notes: expect.objectContaining({ Target: 'local undefined' }) },
  });
  const answer = await fetch(`${info.apis.notes}/here`);
  expect(await answer.json()).toEqual({ here: true });
});

it('says when nothing changed', async () => {
  expect(await deployLines()).toEqual(['Notes: no changes']);
});

it('tells of each stack by one line', async () => {
  writeApp(
    projectDir,
    "new ddb.Table(stack, 'More', { partitionKey: { name: 'id', type: ddb.AttributeType.STRING } });",
  );
  expect(await deployLines()).toEqual([expect.stringMatching(/^Notes: (\d+)\/\1 resources$/)]);
});

it('names the resource and the reason when a deployment fails, and goes on afterwards', async () => {
  const bad = { type: 'AWS::Lambda::Url', properties: { TargetFunctionArn: 'nobody', AuthType: 'NONE' } };
  writeApp(projectDir, `new cdk.CfnResource(stack, 'Bad', ${JSON.stringify(bad)});`);
  await expect(cloud.deploy()).rejects.toThrow(/Notes: (\S*\/)?Bad \(AWS::Lambda::Url\): .*nobody/);
  writeApp(projectDir);
  await expect(cloud.deploy()).resolves.toBeDefined();
});

it("tells the app's own error when it does not synthesize", async () => {
  writeApp(projectDir, "throw new Error('no such thing');");
  await expect(cloud.deploy()).rejects.toThrow('no such thing');
  writeApp(projectDir);
});

it('can be interrupted in a deployment, and deploys again', async () => {
  const interrupted = new AbortController();
  const second = await startLocalCloud({ projectDir, signal: interrupted.signal });
  const deployment = second.deploy();
  setTimeout(() => interrupted.abort(new Error('Interrupted.')), 300);
  await expect(deployment).rejects.toThrow('Interrupted.');
  await expect(cloud.deploy()).resolves.toBeDefined();
});

it('is found by another process, and used by a second start', async () => {
  expect((await findLocalCloud({ projectDir }))?.endpoint).toBe(cloud.endpoint);
  const second = await startLocalCloud({ projectDir });
  expect([second.reused, second.endpoint]).toEqual([true, cloud.endpoint]);
  await expect(startLocalCloud({ projectDir, port: cloud.port + 1 })).rejects.toThrow(
    'runs already, on port',
  );
});

it('is not mistaken for another program that took its port', async () => {
  const stateFile = join(projectDir, '.trellis/state.json');
  const state = readFileSync(stateFile, 'utf8');
  writeFileSync(stateFile, JSON.stringify({ ...JSON.parse(state), instance: 'former' }));
  expect(await findLocalCloud({ projectDir })).toBeUndefined();
  writeFileSync(stateFile, '{"cut sho');
  expect(await findLocalCloud({ projectDir })).toBeUndefined();
  writeFileSync(stateFile, state);
});

it('names a port that is taken and how to choose another', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const other = project();
  await expect(startLocalCloud({ projectDir: other, port })).rejects.toThrow(
    new RegExp(`Port ${port} is in use.*\\n.*--port 4567, or TRELLIS_PORT=4567`),
  );
  server.close();
  rmSync(other, { recursive: true });
});

it('asks for a CDK app where there is none', async () => {
  rmSync(join(projectDir, 'cdk.json'));
  await expect(cloud.deploy()).rejects.toThrow('but it has no cdk.json');
});

it('tells when it is killed', async () => {
  const other = project();
  const doomed = await startLocalCloud({ projectDir: other, port: 0 });
  const end = new Promise((resolve) => doomed.onExit(resolve));
  process.kill(JSON.parse(readFileSync(join(other, '.trellis/state.json'), 'utf8')).pid, 'SIGKILL');
  expect(await end).toBe('killed by SIGKILL');
  expect(await findLocalCloud({ projectDir: other })).toBeUndefined();
  rmSync(other, { recursive: true, force: true });
});
