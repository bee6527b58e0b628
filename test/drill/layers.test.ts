import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { zipOf } from '../local/emulator.js';

const projectDir = join(__dirname, 'layers');
const parts = join(projectDir, '.trellis/parts');
const stateDir = mkdtempSync(join(tmpdir(), 'trellis-layers-'));
let cloud: LocalCloud;
let lambda: LambdaClient;

beforeAll(async () => {
  mkdirSync(parts, { recursive: true });
  writeFileSync(
    join(parts, 'package.json'),
    '{ "name": "@drill/parts", "version": "1.0.0", "type": "module", "exports": "./index.ts" }',
  );
  cloud = await startLocalCloud({ projectDir, port: 0, stateDir });
  lambda = new LambdaClient(localClientConfig(cloud));
});

afterAll(async () => {
  await cloud?.stop();
  for (const folder of [stateDir, join(projectDir, '.trellis')])
    rmSync(folder, { recursive: true, force: true });
});

/** Deploys the layer with this code; it uses a package from npm, which is in the stack's dependency layer. */
async function deploy(edition: string, schema = 'z.string()') {
  writeFileSync(
    join(parts, 'index.ts'),
    `import * as z from 'zod';
export const edition = (by: string) => '${edition} edition for ' + ${schema}.parse(by);
`,
  );
  const { outputs } = await cloud.deploy();
  const { OursName: ours, PlainName: plain } = outputs.Layered as Record<string, string>;
  const { Layers = [] } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: ours }));
  const arns = Layers.map(({ Arn }) => Arn!);
  const named = (word: string) => arns.find((arn) => arn.includes(word))!;
  return { ours: ours!, plain: plain!, arns, automatic: named('NodeModules'), shared: named('Parts') };
}

async function invoke(FunctionName: string): Promise<unknown> {
  const { Payload, FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
  const result = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError) throw new Error(JSON.stringify(result));
  return result;
}

const exists = (Arn: string) =>
  lambda.send(new GetLayerVersionByArnCommand({ Arn })).then(
    () => true,
    ({ name }: Error) => (name === 'ResourceNotFoundException' ? false : name),
  );

/** A function that no template knows, as another account or another tool may have. */
async function functionElsewhere(like: string, Layers: string[]): Promise<string> {
  const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: like }));
  const folder = mkdtempSync(join(tmpdir(), 'trellis-zip-'));
  writeFileSync(join(folder, 'index.mjs'), readFileSync(join(projectDir, 'plain/index.mjs')));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'Elsewhere',
      Runtime: 'nodejs24.x',
      Role,
      Handler: 'index.handler',
      Code: { ZipFile: zipOf(folder) },
      Layers,
    }),
  );
  return 'Elsewhere';
}

it('a deployment never takes away a version of a shared layer that is in use', async () => {
  const first = await deploy('first');
  expect([await invoke(first.ours), await invoke(first.plain)]).toEqual([
    'first edition for ours',
    'first edition for plain',
  ]);
  const elsewhere = await functionElsewhere(first.ours, first.arns);
  expect(await invoke(elsewhere)).toBe('first edition for plain');

  const second = await deploy('second');
  expect(second.shared).not.toBe(first.shared);
  expect([await invoke(second.ours), await invoke(second.plain)]).toEqual([
    'second edition for ours',
    'second edition for plain',
  ]);
  expect(await exists(first.shared)).toBe(true);
  // It can be configured with the version still, and is started anew with it.
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: elsewhere, Layers: first.arns }));
  expect(await invoke(elsewhere)).toBe('first edition for plain');
});

// https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html
it('a replaced version of a dependency layer is deleted without breaking functions that use it', async () => {
  const before = await deploy('third');
  const after = await deploy('fourth', 'z.email().or(z.string())');
  expect(after.automatic).not.toBe(before.automatic);
  expect([await exists(before.automatic), await exists(after.automatic)]).toEqual([false, true]);
  expect([await invoke(after.ours), await invoke(after.plain)]).toEqual([
    'fourth edition for ours',
    'fourth edition for plain',
  ]);
  expect(await invoke('Elsewhere')).toBe('first edition for plain');
});
