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

/** Values that are known at deployment only and do not fit the version's description. */
export interface UnseenValues {
  readonly path: string;
  readonly parameters: readonly string[];
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html */
const MAX_DESCRIPTION = 256;

/**
 * Properties of a function that a version does not have: a change of them publishes none.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
const UNVERSIONED = ['Tags', 'ReservedConcurrentExecutions', 'RecursiveLoop', 'CodeSigningConfigArn'];

/**
 * Adds to a finished template a version and the alias `live` of each function. The version's description changes exactly
 * when the function does, which makes CloudFormation publish the next version and delete the old one in its clean-up.
 * Values that only a deployment knows are part of it, unless the version has a description of the user's.
 *
 * The function carries the same hash in its own description: Lambda refuses to publish a version of a function that has
 * not changed ("A version for this Lambda function exists", https://github.com/aws/aws-cdk/issues/28252), so whatever
 * changes the version must change the function, too.
 *
 * @param report takes the values whose change publishes no version
 */
export function applyReleases(
  original: Template,
  functions: readonly PublishedFunction[],
  report: (unseen: UnseenValues) => void,
): Template {
  const known = functions.filter(({ id }) => original.Resources?.[id]);
  const entries = Object.entries(original.Resources ?? {}).map(([id, one]) => [id, qualified(one)]);
  const identities = identitiesOf({ ...original, Resources: Object.fromEntries(entries) });
  const owners = known.filter(({ isRoleReplaced }) => isRoleReplaced).map(({ id }) => id);
  const final = replaceRoles(identities, owners);
  const { template } = final;
  const Resources: Record<string, TemplateResource> = { ...template.Resources };
  for (const one of known) {
    const fn = Resources[one.id]!;
    Object.assign(Resources, releaseResources(one, fn));
    const release = `live ${final.ofFunction(one.id, UNVERSIONED)}`;
    Resources[one.id] = { ...fn, Properties: described(fn.Properties, release) };
    const versionId = versionIdOf(one.id);
    const version = Resources[versionId]!;
    if (version.Properties?.Description !== undefined) {
      Resources[versionId] = { ...version, Properties: described(version.Properties, release) };
      continue;
    }
    const names = final.parametersOf(one.id);
    const { joined, unseen } = deploymentValues(template, names, MAX_DESCRIPTION - release.length);
    if (unseen.length > 0) report({ path: one.path, parameters: unseen });
    const Description = joined.length > 0 ? { 'Fn::Join': [' ', [release, ...joined]] } : release;
    Resources[versionId] = { ...version, Properties: { ...version.Properties, Description } };
  }
  const aliases = new Map(known.map(({ id, aliasId }) => [id, aliasId]));
  return { ...template, Resources: afterAliases(Resources, aliases, final.referencesOf)! };
}

/** What the user says stays in front, and is cut where the hash would not fit. */
function described(properties: Record<string, unknown> = {}, release: string): Record<string, unknown> {
  const { Description } = properties;
  if (Description === undefined) return { ...properties, Description: release };
  const suffix = ` (${release})`;
  if (typeof Description === 'string') {
    return { ...properties, Description: Description.slice(0, MAX_DESCRIPTION - suffix.length) + suffix };
  }
  return { ...properties, Description: { 'Fn::Join': ['', [Description, suffix]] } };
}
