import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { readAssembly } from '../assembly.js';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
}

export const NESTED = 'AWS::CloudFormation::Stack';

/** A stack of a synthesized app, or a stack nested in it. */
export interface SynthesizedStack {
  /** Stack name; for a nested stack `<name of the parent>/<logical id>`. */
  readonly name: string;
  readonly region: string;
  readonly template: Template;
}

/**
 * Returns the stacks of a synthesized app, including nested stacks, in the order of deployment.
 *
 * @throws LocalCloudError when the folder has no cloud assembly
 */
export function stacksOf(folder: string): SynthesizedStack[] {
  return readAssembly(folder).stacksRecursively.flatMap((stack) =>
    withNested(stack, stack.stackName, stack.template),
  );
}

function withNested(
  stack: CloudFormationStackArtifact,
  name: string,
  template: Template,
): SynthesizedStack[] {
  const nested = Object.entries(template.Resources ?? {}).flatMap(([id, { Type, Metadata }]) => {
    const asset = Metadata?.['aws:asset:path'];
    if (Type !== NESTED || typeof asset !== 'string') return [];
    const file = join(stack.assembly.directory, asset);
    return withNested(stack, `${name}/${id}`, JSON.parse(readFileSync(file, 'utf8')));
  });
  return [{ name, region: stack.environment.region, template }, ...nested];
}

/** Returns the construct path of a resource, or its logical id if the template has no paths. */
export function pathOf(stack: string, id: string, resource: Resource | undefined): string {
  const path = resource?.Metadata?.['aws:cdk:path'];
  if (typeof path !== 'string') return `${stack}/${id}`;
  return path.replace(/\/(Resource|Default)$/, '');
}
