import { Names, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { LIMITS } from '../../quotas/limits.js';

/** The maximum length of a region's name, with a leading hyphen. */
const MAX_REGION_LENGTH = '-ap-southeast-99'.length;

/**
 * Returns a name for a resource of CloudFront that is unique in the account. CDK's default name is the same for the
 * stack in another region, where CloudFront would reject the second.
 */
export function globalName(scope: IConstruct, id: string, maxLength: number): string {
  const name = Names.uniqueResourceName(scope, { maxLength: maxLength - MAX_REGION_LENGTH - id.length });
  return `${name}${id}-${Stack.of(scope).region}`;
}

/** Returns a comment that ends with a path, shortened at its start: the end distinguishes it. */
export function comment(text: string, path: string): string {
  const maxLength = LIMITS.cloudFront.commentCharacters - text.length;
  return text + (path.length > maxLength ? `...${path.slice(3 - maxLength)}` : path);
}
