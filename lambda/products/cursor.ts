import { cursor } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { ProductId } from '../../contracts/products.js';

/** Cursor of a listing: the key of a page's last product, without the partition. */
export const position = cursor(z.object({ productId: ProductId, sort: z.string().max(200) }));
