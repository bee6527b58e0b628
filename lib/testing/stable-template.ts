import type { Stack } from 'aws-cdk-lib/core';

/** Hashes of code and files. */
const CONTENT = /\b[0-9a-f]{64}\b/g;

/** The end of the logical id of a version of a function, which is another with every change. */
const VERSION = /(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g;

/** The hash of a function of this library, in its description and in that of its version. */
const RELEASE = /\blive [0-9a-f]{12}\b/g;

/** The end of the logical ids of a function's role and policy, which are others with every change of what they allow. */
const ROLE = /(ServiceRole(?:DefaultPolicy)?[0-9A-F]{8})[0-9a-f]{8}\b/g;

/**
 * The template of a stack for a snapshot, which changes when the resources do and not when only code does: hashes of
 * content and inline code are masked, and what CDK adds to every template (the bootstrap version and its check) is left out.
 *
 * @example
 * import { stableTemplate } from 'cdk-trellis/testing';
 *
 * const template = stableTemplate(stack); // expect(stableTemplate(stack)).toMatchSnapshot()
 */
export function stableTemplate(stack: Stack): Record<string, unknown> {
  // Loaded here: tests of handlers load this module's index, too, and need no CDK.
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

/** A section of the template without one entry; nothing if there is no other. */
function without(section: object | undefined, name: string, entry: string): Record<string, unknown> {
  const rest = Object.entries(section ?? {}).filter(([key]) => key !== entry);
  return rest.length > 0 ? { [name]: Object.fromEntries(rest) } : {};
}
