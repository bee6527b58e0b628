import { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { type CostAtRest, costOf } from './prices.js';

/** Returns the monthly cost of the resources below a construct without any use, in us-east-1. */
export function costAtRest(scope: IConstruct): CostAtRest {
  const resources = scope.node.findAll().filter((node) => CfnResource.isCfnResource(node));
  return costOf(
    resources.map((resource) => ({
      type: resource.cfnResourceType,
      // L1 constructs spell properties in camel case.
      property: (name) => (resource as never)[`${name[0]?.toLowerCase()}${name.slice(1)}`],
    })),
  );
}
