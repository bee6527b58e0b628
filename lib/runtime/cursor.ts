import * as z from 'zod';
import { ProblemError } from '../contract/problem.js';
import { PROBLEMS } from '../http/problems.js';

/** Conversion between positions in a listing and cursors. */
export interface Cursor<Position> {
  /**
   * Returns the cursor of the page after this position; `undefined` if `position` is. Properties that the schema lacks
   * are dropped, so a whole `LastEvaluatedKey` can be passed.
   */
  encode(position: unknown): string | undefined;
  /** @throws ProblemError 400 for text that `encode` did not return */
  decode(cursor: string): Position;
  decode(cursor: string | undefined): Position | undefined;
}

/**
 * Creates the cursors of a listing: opaque strings, safe in a URL, from positions such as DynamoDB's `LastEvaluatedKey`.
 *
 * A cursor is neither encrypted nor signed. Put nothing into the position that the caller may not know, and take the
 * partition to read from the caller's token or the request, not from the cursor.
 */
export function cursor<Schema extends z.ZodObject>(position: Schema): Cursor<z.output<Schema>> {
  const lenient = position.strip();
  const strict = position.strict();
  function decode(text: string | undefined) {
    if (text === undefined) return undefined;
    try {
      return strict.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    } catch {
      throw new ProblemError({
        ...PROBLEMS.invalidRequest,
        detail: 'query.cursor: must be the nextCursor of an earlier page of the same listing',
      });
    }
  }
  return {
    encode: (value) =>
      value === undefined
        ? undefined
        : Buffer.from(JSON.stringify(z.encode(lenient, value as never))).toString('base64url'),
    decode: decode as Cursor<z.output<Schema>>['decode'],
  };
}
