import { invalidCursor } from '@storefront/commerce/problems';
import * as z from 'zod';
import { ProductId } from '../../contracts/products.js';

const Position = z.strictObject({ productId: ProductId, sort: z.string().max(200) });

/** Where a page ends, as an opaque text that is safe in a URL. */
export function encodeCursor(position: z.output<typeof Position>): string {
  const { productId, sort } = position;
  return Buffer.from(JSON.stringify({ productId, sort })).toString('base64url');
}

/** @throws ProblemError 400 when it is not a cursor of ours */
export function decodeCursor(cursor: string): z.output<typeof Position> {
  try {
    return Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw invalidCursor();
  }
}
