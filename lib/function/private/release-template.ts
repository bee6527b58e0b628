import { LIMITS } from '../../quotas/limits.js';
import type { Template, TemplateResource } from '../../target/template.js';
import { deploymentValues } from './deployment-values.js';
import { identitiesOf } from './release-identity.js';
import {
  afterAliases,
  type PublishedFunction,
  qualified,
  releaseResources,
  versionIdOf,
} from './release-resources.js';
import { replaceRoles } from './replaced-roles.js';
import { separatePolicies } from './separate-policies.js';

/** Parameters of a function that do not fit the version's description. */
export interface OmittedValues {
  readonly path: string;
  readonly parameters: readonly string[];
}

/**
 * Function properties that a version does not have: a change of them publishes no version.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
const UNVERSIONED = ['Tags', 'ReservedConcurrentExecutions', 'RecursiveLoop', 'CodeSigningConfigArn'];

/**
 * Adds a version and the alias `live` of each function to a finished template. The version's description changes
 * exactly when the function does, so that CloudFormation publishes the next version and deletes the old one in its
 * clean-up. It includes values that are known at deployment only, unless the user has set a description.
 *
 * The function's description contains the same hash. Lambda does not publish a version of an unchanged function ("A
 * version for this Lambda function exists", https://github.com/aws/aws-cdk/issues/28252), so that every change of the
 * version must change the function, too.
 *
 * @param report called with values whose change publishes no version
 */
export function applyReleases(
  original: Template,
  functions: readonly PublishedFunction[],
  report: (omitted: OmittedValues) => void,
): Template {
  const present = functions.filter(({ id }) => original.Resources?.[id]);
  const entries = Object.entries(original.Resources ?? {}).map(([id, resource]) => [id, qualified(resource)]);
  const identities = identitiesOf({ ...original, Resources: Object.fromEntries(entries) });
  const idsWith = (effect: PublishedFunction['onPermissions']) =>
    present.filter(({ onPermissions }) => onPermissions === effect).map(({ id }) => id);
  const final = replaceRoles(separatePolicies(identities, idsWith('replacePolicy')), idsWith('replaceRole'));
  const { template } = final;
  const Resources: Record<string, TemplateResource> = { ...template.Resources };
  for (const target of present) {
    const fn = Resources[target.id]!;
    Object.assign(Resources, releaseResources(target, fn));
    const release = `live ${final.ofFunction(target.id, UNVERSIONED)}`;
    Resources[target.id] = { ...fn, Properties: withRelease(fn.Properties, release) };
    const versionId = versionIdOf(target.id);
    const version = Resources[versionId]!;
    if (version.Properties?.Description !== undefined) {
      Resources[versionId] = { ...version, Properties: withRelease(version.Properties, release) };
      continue;
    }
    const names = final.parametersOf(target.id);
    const { joined, omitted } = deploymentValues(
      template,
      names,
      LIMITS.lambda.descriptionCharacters - release.length,
    );
    if (omitted.length > 0) report({ path: target.path, parameters: omitted });
    const Description = joined.length > 0 ? { 'Fn::Join': [' ', [release, ...joined]] } : release;
    Resources[versionId] = { ...version, Properties: { ...version.Properties, Description } };
  }
  const aliases = new Map(present.map(({ id, aliasId }) => [id, aliasId]));
  return { ...template, Resources: afterAliases(Resources, aliases, final.referencesOf)! };
}

/** Appends the hash to the user's description, which is truncated to fit. */
function withRelease(properties: Record<string, unknown> = {}, release: string): Record<string, unknown> {
  const { Description } = properties;
  if (Description === undefined) return { ...properties, Description: release };
  const suffix = ` (${release})`;
  if (typeof Description === 'string') {
    return {
      ...properties,
      Description: Description.slice(0, LIMITS.lambda.descriptionCharacters - suffix.length) + suffix,
    };
  }
  return { ...properties, Description: { 'Fn::Join': ['', [Description, suffix]] } };
}
