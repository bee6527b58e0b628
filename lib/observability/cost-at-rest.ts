import { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { type CostAtRest, costOf } from './prices.js';

/** What the resources below a construct cost a month when nobody uses them, in us-east-1. */
export function costAtRest(scope: IConstruct): CostAtRest {
  const resources = scope.node.findAll().filter((node) => CfnResource.isCfnResource(node));
  return costOf(
    resources.map((resource) => ({
      type: resource.cfnResourceType,
      // Constructs spell it with a small letter.
      property: (name) => (resource as never)[`${name[0]?.toLowerCase()}${name.slice(1)}`],
    })),
  );
}
