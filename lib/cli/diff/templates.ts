import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { assemblyIn } from '../assembly.js';

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

/** A stack of a synthesized app, or one nested in it. */
export interface SynthesizedStack {
  /** The name in its account; of a nested one that of its parent with its logical id behind it. */
  readonly name: string;
  readonly region: string;
  readonly template: Template;
}

/**
 * The stacks of a synthesized app, with those that are nested in them, in the order of a deployment.
 *
 * @throws LocalCloudError when the folder has no cloud assembly
 */
export function stacksOf(folder: string): SynthesizedStack[] {
  return assemblyIn(folder).stacksRecursively.flatMap((stack) =>
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

/** The path of a resource's construct; its logical id, where the template does not say it. */
export function pathOf(stack: string, id: string, resource: Resource | undefined): string {
  const path = resource?.Metadata?.['aws:cdk:path'];
  if (typeof path !== 'string') return `${stack}/${id}`;
  return path.replace(/\/(Resource|Default)$/, '');
}
