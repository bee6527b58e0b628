import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { ManagedWebAclOptions, WebAclOptions } from '../web-acl-options.js';

/** https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const MIN_REQUESTS = 10;
const MAX_REQUESTS = 2_000_000_000;

/** Returns the errors of web ACL options. */
export function validateWebAcl(options: WebAclOptions): string[] {
  if (options === true || 'arn' in options) return [];
  const { requestsPerAddress: limit } = options;
  if (limit === undefined || (Number.isInteger(limit) && limit >= MIN_REQUESTS && limit <= MAX_REQUESTS)) {
    return [];
  }
  return [
    `\`webAcl.requestsPerAddress\` must be a whole number from ${MIN_REQUESTS} to 2,000,000,000, got ${limit}`,
  ];
}

/**
 * Associates AWS WAF with the stage: $5 a month for the web ACL and $1 for each of its two rules, $0.60 per million
 * requests (https://aws.amazon.com/waf/pricing/).
 *
 * @returns the created web ACL; undefined for an existing one
 */
export function addWebAcl(scope: Construct, api: SpecRestApi, options: WebAclOptions): CfnWebACL | undefined {
  const acl = options === true ? {} : options;
  const created = 'arn' in acl ? undefined : createWebAcl(scope, acl);
  // CDK has no L2 constructs for AWS WAF.
  new CfnWebACLAssociation(scope, 'WebAclAssociation', {
    resourceArn: api.deploymentStage.stageArn,
    webAclArn: 'arn' in acl ? acl.arn : created!.attrArn,
  });
  return created;
}

function createWebAcl(scope: Construct, options: ManagedWebAclOptions): CfnWebACL {
  const { requestsPerAddress = 2000, countOnly = false } = options;
  const visibility = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    sampledRequestsEnabled: true,
  });
  return new CfnWebACL(scope, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility('Api'),
    // Sampled requests must not contain credentials.
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
        visibilityConfig: visibility('RequestsPerAddress'),
      },
      {
        name: 'CommonRules',
        priority: 1,
        overrideAction: countOnly ? { count: {} } : { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: 'AWS',
            name: 'AWSManagedRulesCommonRuleSet',
            // It blocks every body over 8 KB; contracts have their own limits.
            ruleActionOverrides: [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }],
          },
        },
        visibilityConfig: visibility('CommonRules'),
      },
    ],
  });
}
