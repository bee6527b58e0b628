import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { clientOptions, findLocalCloud, type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { project, writeApp } from './project.js';

const projectDir = project();
const lines: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  process.env.AWS_PROFILE = 'production';
  cloud = await startLocalCloud({ projectDir, port: 0, log: (line) => lines.push(line) });
});
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
  const response = await fetch(`${info.apis.notes}/here`);
  expect(await response.json()).toEqual({ here: true });
});

it('leaves no lock of the CDK toolkit behind', () => {
  expect(readdirSync(join(projectDir, '.trellis/cdk.out')).filter((name) => name.endsWith('.lock'))).toEqual(
    [],
  );
});

it('deploys although a killed deployment left locks whose process numbers are in use again', async () => {
  for (const name of [`read.${process.pid}.1.lock`, 'synth.lock'])
    writeFileSync(join(projectDir, '.trellis/cdk.out', name), String(process.pid));
  expect(await deployLines()).toEqual(['Notes: no changes']);
});

it('reports when nothing changed', async () => {
  expect(await deployLines()).toEqual(['Notes: no changes']);
});

it('logs one line per stack', async () => {
  writeApp(
    projectDir,
    "new ddb.Table(stack, 'More', { partitionKey: { name: 'id', type: ddb.AttributeType.STRING } });",
  );
  expect(await deployLines()).toEqual([expect.stringMatching(/^Notes: \d+ resources?$/)]);
});

it('names the resource and the reason when a deployment fails, and goes on afterwards', async () => {
  const bad = { type: 'AWS::Lambda::Url', properties: { TargetFunctionArn: 'unknown', AuthType: 'NONE' } };
  writeApp(projectDir, `new cdk.CfnResource(stack, 'Bad', ${JSON.stringify(bad)});`);
  await expect(cloud.deploy()).rejects.toThrow(/Notes: (\S*\/)?Bad \(AWS::Lambda::Url\): .*unknown/);
  writeApp(projectDir);
  await expect(cloud.deploy()).resolves.toMatchObject({
    apis: { notes: expect.stringContaining(cloud.endpoint) },
  });
});

it("throws the app's own error when it does not synthesize", async () => {
  writeApp(
    projectDir,
    "function broken() { throw new Error('no such\\nthing', { cause: new Error('why') }); } broken();",
  );
  const error: Error = await cloud.deploy().catch((error) => error);
  expect(error.message.split('\n')).toEqual([
    'Error: no such',
    'thing',
    expect.stringMatching(/^ {4}at broken \(.*app.cjs:\d+:\d+\)$/),
    expect.stringMatching(/^ {4}at .*app.cjs:\d+:\d+/),
  ]);
  writeApp(projectDir);
});

it('can be interrupted in a deployment, and deploys again', async () => {
  const interrupted = new AbortController();
  const second = await startLocalCloud({ projectDir, signal: interrupted.signal });
  const deployment = second.deploy();
  setTimeout(() => interrupted.abort(new Error('Interrupted.')), 300);
  await expect(deployment).rejects.toThrow('Interrupted.');
  await expect(cloud.deploy()).resolves.toMatchObject({
    apis: { notes: expect.stringContaining(cloud.endpoint) },
  });
});

it('waits for what CloudFormation still does for an interrupted deployment', async () => {
  const client = new CloudFormationClient(clientOptions(cloud.endpoint, cloud.credentials));
  // CloudFormation gives the signal up after 15 seconds, and rolls the stack back.
  const slow = {
    Resources: {
      Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      Wait: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'Handle' }, Timeout: '15' },
      },
    },
  };
  await client.send(new CreateStackCommand({ StackName: 'Slow', TemplateBody: JSON.stringify(slow) }));
  expect(await deployLines()).toEqual([
    'Waiting for the end of an interrupted deployment: Slow (CREATE_IN_PROGRESS)',
    'Notes: no changes',
  ]);
});

it('is found by another process, and used by a second start', async () => {
  expect((await findLocalCloud({ projectDir }))?.endpoint).toBe(cloud.endpoint);
  const second = await startLocalCloud({ projectDir });
  expect([second.reused, second.endpoint]).toEqual([true, cloud.endpoint]);
  await expect(startLocalCloud({ projectDir, port: cloud.port + 1 })).rejects.toThrow(
    'is already running on port',
  );
});

it('is distinguished from another program that took its port', async () => {
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
    new RegExp(`Port ${port} is in use.*\\n.*TRELLIS_PORT=4566`),
  );
  server.close();
  const known = process.platform === 'linux' ? ` by the local cloud of ${projectDir} ` : '';
  await expect(startLocalCloud({ projectDir: other, port: cloud.port })).rejects.toThrow(
    `Port ${cloud.port} is in use${known}`,
  );
  rmSync(other, { recursive: true });
});

it('requires a CDK app', async () => {
  rmSync(join(projectDir, 'cdk.json'));
  await expect(cloud.deploy()).rejects.toThrow('but it has no cdk.json');
});

it('reports when it is killed', async () => {
  const other = project();
  const doomed = await startLocalCloud({ projectDir: other, port: 0 });
  const end = new Promise((resolve) => doomed.onExit((...how) => resolve(how)));
  const { pid, instance } = JSON.parse(readFileSync(join(other, '.trellis/state.json'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  expect(await end).toEqual(['killed by SIGKILL']);
  await doomed.stop();
  expect(existsSync(join(tmpdir(), `trellis-${instance}`))).toBe(false);
  expect(await findLocalCloud({ projectDir: other })).toBeUndefined();
  rmSync(other, { recursive: true, force: true });
});

it('is started once by two who start it at the same time', async () => {
  const other = project();
  const both = await Promise.all([0, 0].map((port) => startLocalCloud({ projectDir: other, port })));
  expect(both.map(({ reused }) => reused).sort()).toEqual([false, true]);
  const infos = await Promise.all(both.map((each) => each.deploy()));
  expect(infos[0]).toEqual(infos[1]);
  await both.find(({ reused }) => !reused)?.stop();
  rmSync(other, { recursive: true, force: true });
});

it('does not go on with data that it cannot read', async () => {
  const other = project();
  await (await startLocalCloud({ projectDir: other, port: 0 })).stop();
  const saves = join(other, '.trellis/data/saves');
  const lists = readdirSync(saves).filter((name) => name.endsWith('.json'));
  for (const name of lists) writeFileSync(join(saves, name), '{"cut sho');
  await expect(startLocalCloud({ projectDir: other, port: 0 })).rejects.toThrow(
    /The data of the local cloud is damaged: \d+.json does not match its checksum .*\n.*npx trellis down --clean/,
  );
  expect(readdirSync(saves).filter((name) => name.endsWith('.json'))).toEqual(lists);
  rmSync(other, { recursive: true, force: true });
});
