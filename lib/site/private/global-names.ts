import { Names, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

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

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html */
const MAX_COMMENT = 128;

/** Returns a comment that ends with a path, shortened at its start: the end distinguishes it. */
export function comment(text: string, path: string): string {
  const maxLength = MAX_COMMENT - text.length;
  return text + (path.length > maxLength ? `...${path.slice(3 - maxLength)}` : path);
}
