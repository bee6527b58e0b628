import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { LayerMetadata } from '../bundler/layer-metadata.js';
import { assemblyIn } from './assembly.js';

/** A layer of the app: what it is, what it holds and who uses it. */
export interface LayerReport {
  /** The path of its construct. */
  readonly path: string;
  /** `automatic`: the packages from npm that the functions of a stack use. `shared`: a package of the project. */
  readonly kind: LayerMetadata['kind'];
  readonly packages: LayerMetadata['packages'];
  /** The bytes of each file. */
  readonly files: LayerMetadata['files'];
  /** The bytes of all files. */
  readonly bytes: number;
  /** The paths of the functions that have it. */
  readonly functions: readonly string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly Layers?: readonly unknown[] };
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

type Resources = Readonly<Record<string, Resource>>;

/** The type of metadata by which layers are described; see lib/bundler/layer-metadata.ts. */
const METADATA = 'cdk-trellis:layer';

/**
 * Reads from a synthesized app what layers it has.
 *
 * @throws LocalCloudError when the folder has no cloud assembly
 */
export function layersOf(folder: string): LayerReport[] {
  return assemblyIn(folder).stacksRecursively.flatMap(layersOfStack);
}

function layersOfStack(stack: CloudFormationStackArtifact): LayerReport[] {
  const users = usersByLayer(stack);
  return Object.entries(stack.metadata).flatMap(([path, entries]) =>
    entries
      // Nothing is known of those that were not bundled.
      .filter(({ type, data }) => type === METADATA && data !== undefined)
      .map(({ data }) => {
        const { kind, packages, files } = data as unknown as LayerMetadata;
        const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
        const functions = users.get(path.slice(1)) ?? [];
        return { path: path.slice(1), kind, packages, files, bytes, functions };
      }),
  );
}

/** The paths of functions by the path of the layer that they have, in a stack and those that are nested in it. */
function usersByLayer(stack: CloudFormationStackArtifact): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const resources of [resourcesOf(stack.template), ...nestedIn(stack)]) {
    const pathOf = (id: string) => constructPath(resources[id]) ?? pathByLogicalId(stack, id);
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== 'AWS::Lambda::Function') continue;
      for (const layer of Properties?.Layers ?? []) {
        const { Ref } = layer as { Ref?: string };
        if (Ref === undefined) continue;
        users.set(pathOf(Ref), [...(users.get(pathOf(Ref)) ?? []), pathOf(id)]);
      }
    }
  }
  return users;
}

function nestedIn(stack: CloudFormationStackArtifact): Resources[] {
  const { directory } = stack.assembly;
  const names = readdirSync(directory).filter((name) => name.endsWith('.nested.template.json'));
  return names
    .map((name) => resourcesOf(JSON.parse(readFileSync(join(directory, name), 'utf8'))))
    .filter((resources) =>
      Object.values(resources).some((resource) =>
        constructPath(resource)?.startsWith(`${stack.hierarchicalId}/`),
      ),
    );
}

/** A stack may have none. */
function resourcesOf({ Resources: resources = {} }: { readonly Resources?: Resources }): Resources {
  return resources;
}

/** Without the resource at its end. */
function constructPath(resource: Resource | undefined): string | undefined {
  return resource?.Metadata?.['aws:cdk:path']?.split('/').slice(0, -1).join('/');
}

/** Templates need not have paths; the metadata has those of the stack itself. */
function pathByLogicalId(stack: CloudFormationStackArtifact, id: string): string {
  const found = Object.entries(stack.metadata).find(([, entries]) =>
    entries.some(({ type, data }) => type === 'aws:cdk:logicalId' && data === id),
  );
  return found ? found[0].split('/').slice(1, -1).join('/') : id;
}
