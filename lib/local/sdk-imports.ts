import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Entry, openPromise } from 'yauzl';
import { assemblyFiles } from '../target/assembly-files.js';

/** An import, but not `[require("@aws-sdk/signature-v4-crt");]` in messages of the SDK itself. */
const IMPORT = /(?<!\[)(?:from|import|require)\s*\(?\s*["'`](@(?:aws-sdk|smithy)\/[\w.-]*\w)(?=["'`/])/g;
const CODE = /\.[cm]?js$/;
/** The service of an `AwsCustomResource`: its calls are JSON in its properties. */
const CUSTOM_CALL = /\\"service\\*":\\*"([^"\\]+)/g;

const RENAMED_SERVICES = 'custom-resources/lib/helpers-internal/sdk-v2-to-v3.json';

interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties as in the template.
  readonly Properties?: any;
}

/** A file of deployed code; its content is read on demand. */
interface CodeFile {
  readonly path: string;
  readonly content: () => Promise<string>;
}

/**
 * Returns the packages of the AWS SDK that an app's functions and layers import without bringing them, in their order.
 * Imports whose name is known only when the code runs are not found.
 *
 * @param projectDir folder in which the app's aws-cdk-lib is found
 */
export async function sdkPackagesOf(assemblyDir: string, projectDir: string): Promise<string[]> {
  const lacking = new Set<string>();
  const inLayers = new Set<string>();
  const sources = assetSources(assemblyDir);
  const functions = new Set<string>();
  const layers = new Set<string>();
  for (const { Type, Properties = {} } of assemblyFiles(assemblyDir, '.template.json').flatMap(resourcesOf)) {
    if (Type === 'Custom::AWS') for (const name of customCalls(Properties, projectDir)) lacking.add(name);
    const isFunction =
      Type === 'AWS::Lambda::Function' && /nodejs/i.test(JSON.stringify(Properties.Runtime) ?? '');
    const code = isFunction
      ? Properties.Code
      : Type === 'AWS::Lambda::LayerVersion'
        ? Properties.Content
        : {};
    for (const name of importsIn(code?.ZipFile)) lacking.add(name);
    const source = sources.get(String(code?.S3Key).replace(/\..*$/, ''));
    if (source !== undefined) (isFunction ? functions : layers).add(source);
  }
  for (const asset of [...functions, ...layers]) {
    const { imported, brought } = await packagesOf(asset);
    for (const name of imported) if (!brought.has(name)) lacking.add(name);
    if (layers.has(asset)) for (const name of brought) inLayers.add(name);
  }
  return [...lacking].filter((name) => !inLayers.has(name)).sort();
}

/** Packages of the SDK in an asset: those that its code imports, and those in its node_modules. */
async function packagesOf(asset: string): Promise<{ imported: Set<string>; brought: Set<string> }> {
  const [imported, brought] = [new Set<string>(), new Set<string>()];
  for (const { path, content } of await filesOf(asset)) {
    const [, name] = /(?:^|[\\/])node_modules[\\/](@(?:aws-sdk|smithy)[\\/][^\\/]+)[\\/]/.exec(path) ?? [];
    if (name !== undefined) brought.add(name.replace('\\', '/'));
    else if (CODE.test(path)) for (const found of importsIn(await content())) imported.add(found);
  }
  return { imported, brought };
}

function importsIn(code: unknown): string[] {
  if (typeof code !== 'string') return [];
  return [...code.matchAll(IMPORT)].map(([, name]) => name as string);
}

function resourcesOf(file: string): Resource[] {
  const { Resources = {} } = JSON.parse(readFileSync(file, 'utf8')) as Template;
  return Object.values(Resources);
}

/** Files and folders of an assembly's assets, by hash. */
function assetSources(assemblyDir: string): Map<string, string> {
  const sources = new Map<string, string>();
  for (const manifest of assemblyFiles(assemblyDir, '.assets.json'))
    for (const [hash, { source }] of Object.entries<{ source: { path?: string } }>(
      JSON.parse(readFileSync(manifest, 'utf8')).files ?? {},
    ))
      if (source.path) sources.set(hash, join(dirname(manifest), source.path));
  return sources;
}

async function filesOf(asset: string): Promise<CodeFile[]> {
  if (!existsSync(asset)) return [];
  return statSync(asset).isDirectory() ? filesOfFolder(asset) : filesOfArchive(asset);
}

function filesOfFolder(folder: string): CodeFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, content: async () => readFileSync(path, 'utf8') };
    });
}

async function filesOfArchive(file: string): Promise<CodeFile[]> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
  const files: CodeFile[] = [];
  for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
    if (!CODE.test(entry.fileName) && !entry.fileName.includes('node_modules/')) continue;
    const text = (await buffer(await zip.openReadStreamPromise(entry))).toString();
    files.push({ path: entry.fileName, content: async () => text });
  }
  zip.close();
  return files;
}

/** Packages of the calls that an `AwsCustomResource` makes. */
function customCalls(properties: unknown, projectDir: string): string[] {
  const services = [...JSON.stringify(properties).matchAll(CUSTOM_CALL)].map(
    ([, service]) => service as string,
  );
  const renamed = renamedServices(projectDir);
  return services.map((service) => {
    if (service.startsWith('@')) return service;
    const name = service.toLowerCase();
    return `@aws-sdk/client-${renamed[name] ?? name}`;
  });
}

/** Services whose client has another name than in version 2 of the SDK, as CDK's own handler has them. */
function renamedServices(projectDir: string): Readonly<Record<string, string>> {
  const { resolve } = createRequire(join(projectDir, 'package.json'));
  const file = join(dirname(resolve('aws-cdk-lib/package.json')), RENAMED_SERVICES);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
