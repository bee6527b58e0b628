import { refersTo, withPlaceholders } from './placeholders.js';
import type { ReportedDifference } from './target-report.js';
import type { Difference } from './target-table.js';
import type { Template, TemplateResource } from './template.js';

/** Handling of a resource type on a target; `undefined` for an unknown type. */
export type Verdict = Difference | 'supported' | undefined;

/** Knowledge about a target, by logical id or type. */
export interface Knowledge {
  readonly ofType: (type: string, id: string) => Verdict;
  /** Returns the differences of a type by property. */
  readonly ofProperties: (type: string) => Readonly<Record<string, Difference>>;
  readonly pathOf: (id: string) => string;
}

export interface FittedTemplate {
  readonly template: Template;
  readonly differences: readonly ReportedDifference[];
  /** Resources of unknown types. */
  readonly unknown: readonly { readonly type: string; readonly path: string }[];
}

/** Fits a template to its target: removes resources that the target lacks, and retention policies. */
export function fitTemplate(original: Template, known: Knowledge): FittedTemplate {
  const resources = Object.entries(original.Resources ?? {});
  const differences: ReportedDifference[] = [];
  const unknown: { type: string; path: string }[] = [];
  const missing = new Map<string, string>();
  for (const [id, { Type: type }] of resources) {
    const verdict = known.ofType(type, id);
    if (verdict === undefined) unknown.push({ type, path: known.pathOf(id) });
    else if (verdict !== 'supported') differences.push({ ...verdict, type, path: known.pathOf(id) });
    if (verdict !== undefined && verdict !== 'supported' && verdict.what === 'left out')
      missing.set(id, type);
  }
  const Resources: Record<string, TemplateResource> = {};
  for (const [id, resource] of resources.filter(([one]) => !missing.has(one))) {
    const properties = Object.entries(known.ofProperties(resource.Type));
    let own = resource.Properties;
    for (const [property, difference] of properties) {
      if (!has(own, property.split('.'))) continue;
      differences.push({ ...difference, type: resource.Type, property, path: known.pathOf(id) });
      if (difference.what === 'left out') own = without(own, property.split('.')) as typeof own;
    }
    Resources[id] = ephemeral(detached({ ...resource, ...(own && { Properties: own }) }, missing));
  }
  const kept = withPlaceholders({ ...original, Resources }, missing) as Template;
  // An address that leads nowhere is worse than none; what another stack imports must be there.
  const outputs = Object.entries(kept.Outputs ?? {}).filter(
    ([name, output]) => output.Export !== undefined || !refersTo(original.Outputs?.[name], missing),
  );
  const template = { ...kept, ...(original.Outputs && { Outputs: Object.fromEntries(outputs) }) };
  return { template, differences, unknown };
}

/** Returns whether a property exists; each element of a list is searched. */
function has(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined;
  if (Array.isArray(value)) return value.some((one) => has(one, [name, ...rest]));
  return typeof value === 'object' && value !== null && has((value as Record<string, unknown>)[name], rest);
}

function without(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => without(one, [name!, ...rest]));
  const { [name!]: inner, ...others } = value as Record<string, unknown>;
  return rest.length === 0 || inner === undefined ? others : { ...others, [name!]: without(inner, rest) };
}

/** Removes dependencies on resources that were removed. */
function detached(resource: TemplateResource, missing: ReadonlyMap<string, string>): TemplateResource {
  const { DependsOn, ...rest } = resource;
  const left = [DependsOn ?? []].flat().filter((id) => !missing.has(id));
  return left.length === 0 ? rest : { ...rest, DependsOn: left };
}

/** Removes retention policies: an emulator is deleted with its data, and a retained resource would block the next deployment. */
function ephemeral(resource: TemplateResource): TemplateResource {
  const { DeletionPolicy, UpdateReplacePolicy, ...rest } = resource;
  return {
    ...rest,
    ...(DeletionPolicy && { DeletionPolicy: 'Delete' }),
    ...(UpdateReplacePolicy && { UpdateReplacePolicy: 'Delete' }),
  };
}
