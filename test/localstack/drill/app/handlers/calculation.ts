import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** A custom resource that calculates 6 * 7, and fails for any other expression. */
export const handler = async (event: CloudFormationCustomResourceEvent) => {
  const { StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  const { expression } = ResourceProperties;
  const response = {
    ...(expression === '6 * 7'
      ? { Status: 'SUCCESS', Data: { result: '42' } }
      : { Status: 'FAILED', Reason: 'Unknown expression' }),
    PhysicalResourceId: 'calculation',
    StackId,
    RequestId,
    LogicalResourceId,
  };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(response) });
};
