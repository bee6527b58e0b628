import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** A custom resource: answers a question. */
export const handler = async (event: CloudFormationCustomResourceEvent) => {
  const { StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  const { question } = ResourceProperties;
  const answer = {
    ...(question === 'why'
      ? { Status: 'FAILED', Reason: 'Nobody knows' }
      : { Status: 'SUCCESS', Data: { answer: `${question} is 42` } }),
    PhysicalResourceId: 'the-answer',
    StackId,
    RequestId,
    LogicalResourceId,
  };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
};
