import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';

/** A web ACL that the API is given. */
export interface ManagedWebAclOptions {
  /**
   * How many requests of one address are taken in five minutes; more are answered 403 until there are fewer.
   * @default 2000
   */
  readonly requestsPerAddress?: number;
  /** Whether it only counts what it would block: to see what would be refused. @default false */
  readonly countOnly?: boolean;
}

/** `true` or options for one with rules of AWS and a limit for each address; `arn` for one that is there. */
export type WebAclOptions = true | ManagedWebAclOptions | { readonly arn: string };

/** https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const FEWEST_REQUESTS = 10;
const MAX_REQUESTS = 2_000_000_000;

/** What is wrong with a web ACL. */
export function validateWebAcl(options: WebAclOptions): string[] {
  if (options === true || 'arn' in options) return [];
  const { requestsPerAddress: limit } = options;
  if (limit === undefined || (Number.isInteger(limit) && limit >= FEWEST_REQUESTS && limit <= MAX_REQUESTS)) {
    return [];
  }
  return [
    `\`webAcl.requestsPerAddress\` must be a whole number from ${FEWEST_REQUESTS} to 2,000,000,000, got ${limit}`,
  ];
}

/**
 * Puts AWS WAF before the stage: $5 a month for the web ACL and $1 for each of its two rules, $0.60 for a million
 * requests (https://aws.amazon.com/waf/pricing/).
 *
 * @returns the web ACL, if it was made here
 */
export function addWebAcl(scope: Construct, api: SpecRestApi, options: WebAclOptions): CfnWebACL | undefined {
  const own = options === true ? {} : options;
  const created = 'arn' in own ? undefined : managedWebAcl(scope, own);
  // CDK has no L2 construct for either.
  new CfnWebACLAssociation(scope, 'WebAclAssociation', {
    resourceArn: api.deploymentStage.stageArn,
    webAclArn: 'arn' in own ? own.arn : created!.attrArn,
  });
  return created;
}

function managedWebAcl(scope: Construct, options: ManagedWebAclOptions): CfnWebACL {
  const { requestsPerAddress = 2000, countOnly = false } = options;
  const visible = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    sampledRequestsEnabled: true,
  });
  return new CfnWebACL(scope, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible('Api'),
    // What proves who somebody is must not be read in samples of requests.
    dataProtectionConfig: {
      dataProtections: ['authorization', 'cookie', 'x-api-key'].map((header) => ({
        action: 'SUBSTITUTION',
        field: { fieldType: 'SINGLE_HEADER', fieldKeys: [header] },
      })),
    },
    rules: [
      {
        name: 'RequestsPerAddress',
        priority: 0,
        action: countOnly ? { count: {} } : { block: {} },
        statement: {
          rateBasedStatement: {
            aggregateKeyType: 'IP',
            limit: requestsPerAddress,
            evaluationWindowSec: 300,
          },
        },
        visibilityConfig: visible('RequestsPerAddress'),
      },
      {
        name: 'CommonRules',
        priority: 1,
        overrideAction: countOnly ? { count: {} } : { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: 'AWS',
            name: 'AWSManagedRulesCommonRuleSet',
            // It refuses every body over 8 KB; contracts have limits of their own.
            ruleActionOverrides: [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }],
          },
        },
        visibilityConfig: visible('CommonRules'),
      },
    ],
  });
}
