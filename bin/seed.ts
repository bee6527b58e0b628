import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Product } from '../contracts/products.js';
import { toItem } from '../lambda/products/item.js';

const Catalogue = z.array(Product.omit({ version: true, createdAt: true, updatedAt: true }).strict()).min(30);

/** Returns the sample products of catalogue.json, validated by the contract. */
export function catalogue(): z.output<typeof Catalogue> {
  return Catalogue.parse(JSON.parse(readFileSync(join(__dirname, 'catalogue.json'), 'utf8')));
}

/** Adds the sample products that the table lacks; changed products stay unchanged. Returns the number of added ones. */
export async function seedProducts(client: DynamoDBDocumentClient, tableName: string): Promise<number> {
  const now = new Date().toISOString();
  const added = await Promise.all(
    catalogue().map(async (details) => {
      const item = toItem({ ...details, version: 1, createdAt: now, updatedAt: now });
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: item,
            ConditionExpression: 'attribute_not_exists(productId)',
          }),
        );
        return 1;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 0;
        throw error;
      }
    }),
  );
  return added.reduce<number>((sum, count) => sum + count, 0);
}
