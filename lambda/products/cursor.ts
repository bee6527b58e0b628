import { cursor } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { ProductId } from '../../contracts/products.js';

/** Where a page of a listing ends: the key of its last product, without the partition. */
export const position = cursor(z.object({ productId: ProductId, sort: z.string().max(200) }));
