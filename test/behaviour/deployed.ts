import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { localClientConfig } from '../../bin/local-storefront.js';
import { deployedCloud } from './support.js';

/** The name that CloudFormation gave a resource of a stack: the first one of its type whose logical id starts so. */
export async function nameOf(stack: string, type: string, logicalId: string): Promise<string> {
  const client = new CloudFormationClient(localClientConfig(deployedCloud()));
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: stack, NextToken }));
    const found = page.StackResourceSummaries?.find(
      (one) => one.ResourceType === type && one.LogicalResourceId?.startsWith(logicalId),
    );
    if (found) return found.PhysicalResourceId as string;
    NextToken = page.NextToken;
  } while (NextToken);
  throw new Error(`Expected the stack ${stack} to have a ${type} called ${logicalId}..., got none`);
}
