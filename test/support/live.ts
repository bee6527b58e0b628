import { Match } from 'aws-cdk-lib/assertions';

/** The ARN of the alias of a function whose logical id matches, as templates have it. */
export function liveArn(logicalId: string): unknown {
  return { 'Fn::Join': ['', [{ 'Fn::GetAtt': [Match.stringLikeRegexp(logicalId), 'Arn'] }, ':live']] };
}
