import type { Stack } from 'aws-cdk-lib/core';

/** Hashes of code and files. */
const CONTENT = /\b[0-9a-f]{64}\b/g;

/** Suffix of the logical id of a function's version, which changes with the code. */
const VERSION = /(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g;

/** Hash of a function of this library, in the descriptions of the function and its version. */
const RELEASE = /\blive [0-9a-f]{12}\b/g;

/** Suffix of the logical ids of a function's role and policy, which changes with its permissions. */
const ROLE = /(ServiceRole(?:DefaultPolicy)?[0-9A-F]{8})[0-9a-f]{8}\b/g;

/**
 * Returns the template of a stack for snapshots, which changes with the resources but not with the code: hashes of content
 * and inline code are masked, and CDK's additions to every template (the bootstrap version and its check) are omitted.
 *
 * @example
 * import { stableTemplate } from 'cdk-trellis/testing';
 *
 * const template = stableTemplate(stack); // expect(stableTemplate(stack)).toMatchSnapshot()
 */
export function stableTemplate(stack: Stack): Record<string, unknown> {
  // Loaded lazily, because tests of handlers load this module without CDK.
  const { Template } = require('aws-cdk-lib/assertions') as typeof import('aws-cdk-lib/assertions');
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  const masked = text
    .replace(CONTENT, '<hash>')
    .replace(VERSION, '$1<hash>')
    .replace(RELEASE, 'live <hash>')
    .replace(ROLE, '$1');
  const { Parameters, Rules, Conditions, ...template } = JSON.parse(masked, (key, value) =>
    key === 'ZipFile' ? '<code>' : value,
  );
  return {
    ...without(Parameters, 'Parameters', 'BootstrapVersion'),
    ...without(Rules, 'Rules', 'CheckBootstrapVersion'),
    ...without(Conditions, 'Conditions', 'CDKMetadataAvailable'),
    ...template,
  };
}

/** Returns a section of the template without one entry; an empty object if no entry is left. */
function without(section: object | undefined, name: string, entry: string): Record<string, unknown> {
  const rest = Object.entries(section ?? {}).filter(([key]) => key !== entry);
  return rest.length > 0 ? { [name]: Object.fromEntries(rest) } : {};
}
