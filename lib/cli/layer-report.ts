import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { LayerMetadata } from '../bundler/layer-metadata.js';
import { readAssembly } from './assembly.js';

/** A layer of the app, with its packages, files and functions. */
export interface LayerReport {
  /** Construct path. */
  readonly path: string;
  /** `automatic`: npm packages that the functions of a stack use. `shared`: a package of the project. */
  readonly kind: LayerMetadata['kind'];
  readonly packages: LayerMetadata['packages'];
  /** Size of each file in bytes. */
  readonly files: LayerMetadata['files'];
  /** Size of all files in bytes. */
  readonly bytes: number;
  /** Construct paths of the functions that use it. */
  readonly functions: readonly string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly Layers?: readonly unknown[] };
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

type Resources = Readonly<Record<string, Resource>>;

/** Type of the metadata that describes layers; see lib/bundler/layer-metadata.ts. */
const METADATA = 'cdk-trellis:layer';

/**
 * Reads the layers of a synthesized app.
 *
 * @throws LocalCloudError when the folder has no cloud assembly
 */
export function layersOf(folder: string): LayerReport[] {
  return readAssembly(folder).stacksRecursively.flatMap(layersOfStack);
}

function layersOfStack(stack: CloudFormationStackArtifact): LayerReport[] {
  const users = usersByLayer(stack);
  return Object.entries(stack.metadata).flatMap(([path, entries]) =>
    entries
      // Layers that were not bundled have no metadata.
      .filter(({ type, data }) => type === METADATA && data !== undefined)
      .map(({ data }) => {
        const { kind, packages, files } = data as unknown as LayerMetadata;
        const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
        const functions = users.get(path.slice(1)) ?? [];
        return { path: path.slice(1), kind, packages, files, bytes, functions };
      }),
  );
}

/** Returns the paths of functions by the path of the layer that they use, in a stack and its nested stacks. */
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

/** Returns the resources of a template, which may have none. */
function resourcesOf({ Resources: resources = {} }: { readonly Resources?: Resources }): Resources {
  return resources;
}

/** Returns the path of the construct of a resource: its last part names the resource itself. */
function constructPath(resource: Resource | undefined): string | undefined {
  return resource?.Metadata?.['aws:cdk:path']?.split('/').slice(0, -1).join('/');
}

/** Returns the path from the stack's metadata, for templates without paths. */
function pathByLogicalId(stack: CloudFormationStackArtifact, id: string): string {
  const entry = Object.entries(stack.metadata).find(([, entries]) =>
    entries.some(({ type, data }) => type === 'aws:cdk:logicalId' && data === id),
  );
  return entry ? entry[0].split('/').slice(1, -1).join('/') : id;
}
