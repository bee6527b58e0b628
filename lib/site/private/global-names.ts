import { Names, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** The longest name of a region, with a hyphen in front. */
const REGION = '-ap-southeast-99'.length;

/**
 * Returns a name for what CloudFront keeps for the whole account: CDK's default is the same for the same stack in another
 * region, where the second would be refused.
 */
export function globalName(scope: IConstruct, id: string, maxLength: number): string {
  const name = Names.uniqueResourceName(scope, { maxLength: maxLength - REGION - id.length });
  return `${name}${id}-${Stack.of(scope).region}`;
}

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html */
const MAX_COMMENT = 128;

/** Returns a comment that ends with a path; of one that is too long the end tells it from others. */
export function comment(text: string, path: string): string {
  const left = MAX_COMMENT - text.length;
  return text + (path.length > left ? `...${path.slice(3 - left)}` : path);
}
