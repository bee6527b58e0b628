import { createClient, ResponseError } from 'cdk-trellis/client';
import { type Product, productsApi } from '../../../contracts/products.js';

export const products = createClient(productsApi, { baseUrl: '/api' });

/** Returns a product; undefined if it does not exist. The API responds 400 to a malformed id. */
export async function loadProduct(productId: string, signal: AbortSignal): Promise<Product | undefined> {
  const result = await products.getProduct({ params: { productId }, signal });
  if (result.ok) return result.body;
  if (result.status === 404 || result.status === 400) return undefined;
  throw new ResponseError(result);
}
