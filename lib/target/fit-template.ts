import { refersTo, withPlaceholders } from './placeholders.js';
import type { ReportedDifference } from './target-report.js';
import type { Difference, Verdict } from './target-table.js';
import type { Template, TemplateResource } from './template.js';

/** Support of a target, by logical id and type. */
export interface TargetSupport {
  readonly ofResource: (id: string, resource: TemplateResource) => Verdict;
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

/** Properties that name the resource without which another one is nothing, by type. */
const BELONGS_TO: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::UsagePlanKey': 'KeyId',
  'AWS::Cognito::UserPoolClient': 'UserPoolId',
  'AWS::Cognito::UserPoolDomain': 'UserPoolId',
  'AWS::Cognito::UserPoolGroup': 'UserPoolId',
  'AWS::ECS::Service': 'TaskDefinition',
  'AWS::IAM::InstanceProfile': 'Roles',
  'AWS::Lambda::Alias': 'FunctionName',
  'AWS::Lambda::EventInvokeConfig': 'FunctionName',
  'AWS::Lambda::EventSourceMapping': 'FunctionName',
  'AWS::Lambda::Permission': 'FunctionName',
  'AWS::Lambda::Url': 'TargetFunctionArn',
  'AWS::Lambda::Version': 'FunctionName',
  'AWS::SNS::Subscription': 'Endpoint',
};

/** Adapts a template to its target: removes unsupported resources and properties, and retention. */
export function fitTemplate(original: Template, support: TargetSupport): FittedTemplate {
  const resources = Object.entries(original.Resources ?? {});
  const differences: ReportedDifference[] = [];
  const unknown: { type: string; path: string }[] = [];
  const missing = new Map<string, string>();
  for (const [id, resource] of resources) {
    const type = resource.Type;
    const verdict = support.ofResource(id, resource);
    if (verdict === undefined) unknown.push({ type, path: support.pathOf(id) });
    else if (verdict !== 'supported') differences.push({ ...verdict, type, path: support.pathOf(id) });
    if (verdict !== undefined && verdict !== 'supported' && verdict.what === 'left out')
      missing.set(id, type);
  }
  for (const { id, owner } of dependants(resources, missing)) {
    const why = `it belongs to ${support.pathOf(owner)}, which is left out`;
    differences.push({
      what: 'left out',
      type: original.Resources![id]!.Type,
      path: support.pathOf(id),
      why,
      instead: 'nothing',
    });
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

/** Adds what belongs to missing resources to them, and what belongs to that; returns it with its owners. */
function dependants(
  resources: readonly (readonly [string, TemplateResource])[],
  missing: Map<string, string>,
): { id: string; owner: string }[] {
  const found: { id: string; owner: string }[] = [];
  for (let before = -1; before !== found.length; ) {
    before = found.length;
    for (const [id, { Type: type, Properties }] of resources) {
      const property = type.startsWith('Custom::') ? 'ServiceToken' : BELONGS_TO[type];
      if (missing.has(id) || property === undefined) continue;
      const owner = [...missing.keys()].find((other) =>
        refersTo(Properties?.[property], new Map([[other, '']])),
      );
      if (owner === undefined) continue;
      missing.set(id, type);
      found.push({ id, owner });
    }
  }
  return found;
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
