import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { Quote, QuoteRequest } from '../../../contracts/stock.js';

/** Returns names and prices of products. Unknown products are omitted. */
export const handler = handle(
  { products: table.read },
  async (event: z.input<typeof QuoteRequest>, { products }): Promise<z.output<typeof Quote>> => {
    const { productIds } = QuoteRequest.parse(event);
    const { tableName, client } = products;
    const Keys = [...new Set(productIds)].map((productId) => ({ productId }));
    const response = await client.send(new BatchGetCommand({ RequestItems: { [tableName]: { Keys } } }));
    if (Object.keys(response.UnprocessedKeys ?? {}).length > 0) {
      throw new Error('DynamoDB did not read all products, because it is throttling: try again');
    }
    return Quote.parse({ products: response.Responses?.[tableName] ?? [] });
  },
);
