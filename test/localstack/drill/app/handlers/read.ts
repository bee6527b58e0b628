import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { handle, table } from 'cdk-trellis/runtime';
import { record } from '../../../../local/messaging/record.js';

/** Reads one after the other, up to the first that cannot be read. */
export const handler = handle(
  { log: table.write },
  async ({ Records }: DynamoDBStreamEvent, { log }): Promise<DynamoDBBatchResponse> => {
    for (const { dynamodb } of Records) {
      const readingId = dynamodb?.NewImage?.readingId?.S as string;
      await record(log, `read ${readingId}`, { batch: Records.length });
      if (dynamodb?.NewImage?.unreadable?.BOOL)
        return { batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber as string }] };
    }
    return { batchItemFailures: [] };
  },
);
