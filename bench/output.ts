import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { unpacked } from '../test/support/lambda.js';
import { seconds } from './measure.js';

/** Bytes of a file's entry in a zip without its content and name: two headers. */
const ZIP_ENTRY = 30 + 46;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

/** Returns the bytes that a deployment uploads for functions and layers, with each asset zipped. */
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

/** Unpacks a function and its layers into a folder, with a subfolder for /opt. Returns the folder. */
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
    // /opt of this machine cannot be used.
    if (text.includes('/opt/nodejs/'))
      writeFileSync(join(into, name), text.replaceAll('/opt/', `${into}/opt/`));
  }
  const main = ['index.mjs', 'index.js'].find((name) => filesBelow(into).includes(name))!;
  writeFileSync(join(into, 'ready.mjs'), `await import('./${main}');`);
  writeFileSync(join(into, 'empty.mjs'), '');
  return into;
}

/** Returns the seconds until a new process has loaded the function, minus those of an empty process. */
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
