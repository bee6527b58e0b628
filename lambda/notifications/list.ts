import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { cursor, route, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { type Message, notificationsApi } from '../../contracts/notifications.js';

/** Whose inbox is read is said by the token, not by the cursor. */
const position = cursor(z.object({ messageId: z.string().max(100) }));

export const handler = route(
  notificationsApi.listMessages,
  { inbox: table.read },
  async ({ user, query: { limit, cursor: text } }, { inbox }) => {
    const from = position.decode(text);
    const page = await inbox.client.send(
      new QueryCommand({
        TableName: inbox.tableName,
        KeyConditionExpression: 'customerId = :customer',
        ExpressionAttributeValues: { ':customer': user.sub },
        ScanIndexForward: false,
        Limit: limit,
        ...(from && { ExclusiveStartKey: { ...from, customerId: user.sub } }),
      }),
    );
    const items = (page.Items ?? []) as Message[];
    return { status: 200, body: { items, nextCursor: position.encode(page.LastEvaluatedKey) } };
  },
);
