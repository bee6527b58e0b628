import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { Quote, QuoteRequest } from '../../../contracts/stock.js';

/** Names and prices of products; those that do not exist are left out. */
export const handler = handle(
  { products: table.read },
  async (event: z.input<typeof QuoteRequest>, { products }): Promise<z.output<typeof Quote>> => {
    const { productIds } = QuoteRequest.parse(event);
    const { tableName, client } = products;
    const Keys = [...new Set(productIds)].map((productId) => ({ productId }));
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [tableName]: { Keys } } }));
    if (Object.keys(answer.UnprocessedKeys ?? {}).length > 0) {
      throw new Error('DynamoDB has not read all products: it is throttling, try again');
    }
    return Quote.parse({ products: answer.Responses?.[tableName] ?? [] });
  },
);
