import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { unpacked } from '../test/function/lambda.js';
import { seconds } from './measure.js';

/** Bytes of each file's entry in a zip besides its content: two headers with its name. */
const ZIP_ENTRY = 30 + 46;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

/** What a deployment of the assembly uploads for its functions and layers: each asset zipped, if it is not yet. */
export function uploadBytes(assembly: string): number {
  const assets = readdirSync(assembly).filter((name) => /^asset\.[0-9a-f]{64}(\.zip)?$/.test(name));
  let bytes = 0;
  for (const asset of assets) {
    if (asset.endsWith('.zip')) {
      bytes += statSync(join(assembly, asset)).size;
      continue;
    }
    bytes += 22;
    for (const name of filesBelow(join(assembly, asset))) {
      bytes += deflateRawSync(readFileSync(join(assembly, asset, name))).length + ZIP_ENTRY + 2 * name.length;
    }
  }
  return bytes;
}

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Code?: { readonly S3Key: string };
    readonly Content?: { readonly S3Key: string };
    readonly Layers?: readonly { readonly Ref: string }[];
    readonly Handler?: string;
  };
}

/** Puts a function and its layers into a folder, with /opt being a folder in it; the file with the handler. */
export function unpackFunction(assembly: string, into: string): string {
  const file = readdirSync(assembly).find((name) => name.endsWith('.template.json'))!;
  const resources: Record<string, Resource> = JSON.parse(
    readFileSync(join(assembly, file), 'utf8'),
  ).Resources;
  const fn = Object.values(resources).find(({ Type }) => Type === 'AWS::Lambda::Function')!;
  const folderOf = ({ S3Key }: { readonly S3Key: string }) =>
    unpacked(join(assembly, `asset.${S3Key.replace('.zip', '')}`));
  rmSync(into, { recursive: true, force: true });
  mkdirSync(join(into, 'opt'), { recursive: true });
  cpSync(folderOf(fn.Properties.Code!), into, { recursive: true });
  for (const { Ref } of fn.Properties.Layers ?? []) {
    cpSync(folderOf(resources[Ref]!.Properties.Content!), join(into, 'opt'), { recursive: true });
  }
  for (const name of filesBelow(into)) {
    if (!/\.m?js$/.test(name)) continue;
    const text = readFileSync(join(into, name), 'utf8');
    // Nothing can be mounted at /opt here.
    if (text.includes('/opt/nodejs/'))
      writeFileSync(join(into, name), text.replaceAll('/opt/', `${into}/opt/`));
  }
  const main = ['index.mjs', 'index.js'].find((name) => filesBelow(into).includes(name))!;
  writeFileSync(join(into, 'ready.mjs'), `await import('./${main}');`);
  writeFileSync(join(into, 'empty.mjs'), '');
  return into;
}

/** Seconds until a fresh process has loaded the function, without those of an empty one. */
export function readySeconds(folder: string): number {
  const env = {
    ORDERS_TABLE: 'orders',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'fn',
    NODE_OPTIONS: '',
  };
  const run = (file: string) => seconds([process.execPath, '--enable-source-maps', file], folder, env);
  return run('ready.mjs') - run('empty.mjs');
}
