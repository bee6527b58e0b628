import type { Template, TemplateResource } from '../../target/template.js';

/** The name of the alias by which a function is invoked. */
export const LIVE = 'live';

/** A function with a published version and an alias, in a template. */
export interface PublishedFunction {
  /** The function's path, for messages and the metadata of added resources. */
  readonly path: string;
  /** The function's logical id. */
  readonly id: string;
  /** The logical id of its alias. */
  readonly aliasId: string;
  /** True if the template already has its version and its alias. */
  readonly hasVersion: boolean;
  readonly hasAlias: boolean;
  /**
   * Effect of a change of the permissions on the function's own role: the role is replaced, or only its policy.
   * @default - the role is not the function's own, and changes in place
   */
  readonly onPermissions: 'replaceRole' | 'replacePolicy' | undefined;
}

/** CDK's ids have at most 248 characters, CloudFormation's 255. */
export const versionIdOf = (functionId: string) => `${functionId}Version`;
export const aliasIdOf = (functionId: string) => `${functionId}Live`;

/** Returns the version and the alias of a function that the template lacks. */
export function releaseResources(
  { path, id, aliasId, hasVersion, hasAlias }: PublishedFunction,
  fn: TemplateResource & { readonly Metadata?: Readonly<Record<string, unknown>> },
): Record<string, TemplateResource> {
  const metadata = (child: string) =>
    fn.Metadata?.['aws:cdk:path'] !== undefined && {
      Metadata: { 'aws:cdk:path': `${path}/${child}/Resource` },
    };
  const FunctionName = { Ref: id };
  const FunctionVersion = { 'Fn::GetAtt': [versionIdOf(id), 'Version'] };
  return {
    ...(!hasVersion && {
      [versionIdOf(id)]: {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName },
        ...metadata('CurrentVersion'),
      },
    }),
    ...(!hasAlias && {
      [aliasId]: {
        Type: 'AWS::Lambda::Alias',
        Properties: { FunctionName, FunctionVersion, Name: LIVE },
        ...metadata('Live'),
      },
    }),
  };
}

/** Properties that accept a function without its alias, and whether the resource has a separate `Qualifier`. */
const UNQUALIFIED: Readonly<Record<string, { readonly name: string; readonly hasQualifier: boolean }>> = {
  'AWS::Lambda::Alias': { name: 'FunctionName', hasQualifier: false },
  'AWS::Lambda::EventInvokeConfig': { name: 'FunctionName', hasQualifier: true },
  'AWS::Lambda::Url': { name: 'TargetFunctionArn', hasQualifier: true },
  'AWS::Lambda::Version': { name: 'FunctionName', hasQualifier: false },
};

/** Moves the alias from the function's name to `Qualifier` if Lambda does not accept it in the name. */
export function qualified(resource: TemplateResource): TemplateResource {
  const unqualified = UNQUALIFIED[resource.Type];
  if (!unqualified) return resource;
  const { name, hasQualifier } = unqualified;
  const { 'Fn::Join': join } = (resource.Properties?.[name] ?? {}) as { 'Fn::Join'?: [string, unknown[]] };
  if (join?.[0] !== '' || join[1].length !== 2 || join[1][1] !== `:${LIVE}`) return resource;
  const Properties = {
    ...resource.Properties,
    [name]: join[1][0],
    ...(hasQualifier && { Qualifier: LIVE }),
  };
  return { ...resource, Properties };
}

/**
 * Adds dependencies on aliases to all resources that refer to a function: names and ARNs with `:live` do not refer to
 * the alias.
 */
export function afterAliases(
  resources: Readonly<Record<string, TemplateResource>>,
  aliases: ReadonlyMap<string, string>,
  referencesOf: (id: string) => ReadonlySet<string>,
): Template['Resources'] {
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      if (resource.Type === 'AWS::Lambda::Version' || resource.Type === 'AWS::Lambda::Alias') {
        return [id, resource];
      }
      const awaited = [...referencesOf(id)].flatMap((reference) => aliases.get(reference) ?? []);
      if (awaited.length === 0) return [id, resource];
      const DependsOn = [...new Set([...[resource.DependsOn ?? []].flat(), ...awaited])].sort();
      return [id, { ...resource, DependsOn }];
    }),
  );
}
