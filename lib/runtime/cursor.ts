import * as z from 'zod';
import { ProblemError } from '../contract/problem.js';

/** Turns positions in a listing into cursors and back. */
export interface Cursor<Position> {
  /**
   * The cursor for the page after this position; `undefined` for none. What the position has besides its schema's
   * properties is left out, so that a `LastEvaluatedKey` can be given as it is.
   */
  encode(position: unknown): string | undefined;
  /** @throws ProblemError 400 when it is not a cursor that `encode` made */
  decode(cursor: string): Position;
  decode(cursor: string | undefined): Position | undefined;
}

/**
 * Cursors of a listing: opaque texts that are safe in a URL, made of a position such as DynamoDB's `LastEvaluatedKey`.
 *
 * A cursor is neither encrypted nor signed: its position must hold nothing that the caller may not know, and the
 * partition that is read must come from the caller's token or the request, not from the cursor.
 */
export function cursor<Schema extends z.ZodObject>(position: Schema): Cursor<z.output<Schema>> {
  const own = position.strip();
  const strict = position.strict();
  function decode(text: string | undefined) {
    if (text === undefined) return undefined;
    try {
      return strict.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    } catch {
      throw new ProblemError({
        status: 400,
        title: 'The request is not valid',
        detail: 'query.cursor: expected the nextCursor of a former page of the same listing',
      });
    }
  }
  return {
    encode: (value) =>
      value === undefined
        ? undefined
        : Buffer.from(JSON.stringify(z.encode(own, value as never))).toString('base64url'),
    decode: decode as Cursor<z.output<Schema>>['decode'],
  };
}
