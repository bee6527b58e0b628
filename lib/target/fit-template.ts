import { refersTo, withPlaceholders } from './placeholders.js';
import type { ReportedDifference } from './target-report.js';
import type { Difference } from './target-table.js';
import type { Template, TemplateResource } from './template.js';

/** Support of a target for a resource type; undefined if it is not declared. */
export type Verdict = Difference | 'supported' | undefined;

/** Support of a target, by type and logical id. */
export interface TargetSupport {
  readonly ofType: (type: string, id: string) => Verdict;
  /** Returns the differences of a type, by property. */
  readonly ofProperties: (type: string) => Readonly<Record<string, Difference>>;
  readonly pathOf: (id: string) => string;
}

export interface FittedTemplate {
  readonly template: Template;
  readonly differences: readonly ReportedDifference[];
  /** Resources of types without a declaration. */
  readonly unknown: readonly { readonly type: string; readonly path: string }[];
}

/** Adapts a template to its target: removes unsupported resources and properties, and retention. */
export function fitTemplate(original: Template, support: TargetSupport): FittedTemplate {
  const resources = Object.entries(original.Resources ?? {});
  const differences: ReportedDifference[] = [];
  const unknown: { type: string; path: string }[] = [];
  const missing = new Map<string, string>();
  for (const [id, { Type: type }] of resources) {
    const verdict = support.ofType(type, id);
    if (verdict === undefined) unknown.push({ type, path: support.pathOf(id) });
    else if (verdict !== 'supported') differences.push({ ...verdict, type, path: support.pathOf(id) });
    if (verdict !== undefined && verdict !== 'supported' && verdict.what === 'left out')
      missing.set(id, type);
  }
  const Resources: Record<string, TemplateResource> = {};
  for (const [id, resource] of resources.filter(([resourceId]) => !missing.has(resourceId))) {
    const properties = Object.entries(support.ofProperties(resource.Type));
    let kept = resource.Properties;
    for (const [property, difference] of properties) {
      if (!has(kept, property.split('.'))) continue;
      differences.push({ ...difference, type: resource.Type, property, path: support.pathOf(id) });
      if (difference.what === 'left out') kept = without(kept, property.split('.')) as typeof kept;
    }
    Resources[id] = ephemeral(detached({ ...resource, ...(kept && { Properties: kept }) }, missing));
  }
  const result = withPlaceholders({ ...original, Resources }, missing) as Template;
  // Outputs that refer to missing resources are removed, except for exports, which other stacks import.
  const outputs = Object.entries(result.Outputs ?? {}).filter(
    ([name, output]) => output.Export !== undefined || !refersTo(original.Outputs?.[name], missing),
  );
  const template = { ...result, ...(original.Outputs && { Outputs: Object.fromEntries(outputs) }) };
  return { template, differences, unknown };
}

/** Returns true if the property exists, also in items of lists. */
function has(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined;
  if (Array.isArray(value)) return value.some((item) => has(item, [name, ...rest]));
  return typeof value === 'object' && value !== null && has((value as Record<string, unknown>)[name], rest);
}

function without(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, [name!, ...rest]));
  const { [name!]: inner, ...others } = value as Record<string, unknown>;
  return rest.length === 0 || inner === undefined ? others : { ...others, [name!]: without(inner, rest) };
}

/** Removes dependencies on missing resources. */
function detached(resource: TemplateResource, missing: ReadonlyMap<string, string>): TemplateResource {
  const { DependsOn, ...rest } = resource;
  const left = [DependsOn ?? []].flat().filter((id) => !missing.has(id));
  return left.length === 0 ? rest : { ...rest, DependsOn: left };
}

/** Removes retention: emulators are disposable, and a retained resource blocks the next deployment. */
function ephemeral(resource: TemplateResource): TemplateResource {
  const { DeletionPolicy, UpdateReplacePolicy, ...rest } = resource;
  return {
    ...rest,
    ...(DeletionPolicy && { DeletionPolicy: 'Delete' }),
    ...(UpdateReplacePolicy && { UpdateReplacePolicy: 'Delete' }),
  };
}
