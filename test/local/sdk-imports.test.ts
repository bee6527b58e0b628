import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sdkPackagesOf } from '../../lib/local/sdk-imports.js';
import { zipOf } from './emulator.js';

const assembly = mkdtempSync(join(tmpdir(), 'trellis-assembly-'));
afterAll(() => rmSync(assembly, { recursive: true, force: true }));

const write = (path: string, content: string | Buffer) => {
  mkdirSync(dirname(join(assembly, path)), { recursive: true });
  writeFileSync(join(assembly, path), content);
};

/** Writes a stack with a function per asset, and returns the packages that the local runtime must bring. */
const packagesOf = (assets: Record<string, string>, resources: object = {}) => {
  const functions = Object.keys(assets).map((hash) => [
    hash,
    { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x', Code: { S3Key: `${hash}.zip` } } },
  ]);
  write(
    'App.template.json',
    JSON.stringify({ Resources: { ...Object.fromEntries(functions), ...resources } }),
  );
  const files = Object.entries(assets).map(([hash, path]) => [hash, { source: { path } }]);
  write('App.assets.json', JSON.stringify({ files: Object.fromEntries(files) }));
  return sdkPackagesOf(assembly, process.cwd());
};

const IMPORTS = `
import { S3Client } from '@aws-sdk/client-s3';
import"@aws-sdk/client-sqs";
const { sign } = require("@smithy/signature-v4"), x = await import(\`@aws-sdk/client-sns\`);
const later = await import(\`@aws-sdk/client-\${name}\`), other = require('@aws-sdk/client-' + name);
`;
const FOUND = ['@aws-sdk/client-s3', '@aws-sdk/client-sns', '@aws-sdk/client-sqs', '@smithy/signature-v4'];

it('finds imports of the SDK in folders, archives and inline code', async () => {
  write('asset.folder/index.mjs', IMPORTS);
  expect(await packagesOf({ folder: 'asset.folder' })).toEqual(FOUND);
  write('zipped/index.js', IMPORTS);
  write('asset.archive.zip', zipOf(join(assembly, 'zipped')));
  expect(await packagesOf({ archive: 'asset.archive.zip' })).toEqual(FOUND);
  const Properties = { Runtime: 'nodejs22.x', Code: { ZipFile: IMPORTS } };
  expect(await packagesOf({}, { Inline: { Type: 'AWS::Lambda::Function', Properties } })).toEqual(FOUND);
});

it('leaves out what the code itself or a layer brings', async () => {
  write('asset.brings/index.js', "require('@aws-sdk/client-s3'); require('@aws-sdk/client-sqs')");
  write('asset.brings/node_modules/@aws-sdk/client-s3/index.js', "require('@smithy/core')");
  write('asset.layer/nodejs/node_modules/@aws-sdk/client-sqs/index.js', '');
  const Layer = { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Key: 'layer.zip' } } };
  const packages = await packagesOf({ brings: 'asset.brings', layer: 'asset.layer' }, { layer: Layer });
  expect(packages).toEqual([]);
});

it('takes no hint in a message of the SDK for an import', async () => {
  const hint = '`calling [require("@aws-sdk/signature-v4-crt");] or [import "@aws-sdk/signature-v4-crt";]`';
  write('asset.hint/index.js', `throw new Error(${hint})`);
  expect(await packagesOf({ hint: 'asset.hint' })).toEqual([]);
});

it('finds the services that an AwsCustomResource calls, by their names of either version', async () => {
  const call = (service: string) => ({ 'Fn::Join': ['', [`{"service":"${service}","action":"x"}`]] });
  const Properties = {
    Create: call('CloudWatchLogs'),
    Update: call('@aws-sdk/client-ssm'),
    Delete: call('S3'),
  };
  expect(await packagesOf({}, { Call: { Type: 'Custom::AWS', Properties } })).toEqual([
    '@aws-sdk/client-cloudwatch-logs',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-ssm',
  ]);
});

it('reads no code of other runtimes', async () => {
  const Properties = { Runtime: 'python3.13', Code: { ZipFile: IMPORTS } };
  expect(await packagesOf({}, { Python: { Type: 'AWS::Lambda::Function', Properties } })).toEqual([]);
});
