import type * as z from 'zod';

/** Largest binary body in bytes: Lambda takes and answers 6 MB a call, in which base64 makes three bytes four. */
export const MAX_BINARY_BYTES = 4_500_000;

/** A body that is bytes and no JSON. */
export interface Binary<Type extends string = string> {
  /** The content types that it may have. */
  readonly contentTypes: readonly Type[];
  /** Largest size in bytes. */
  readonly maxBytes: number;
}

/** What a request or a response carries: JSON by a schema, or bytes. */
export type Body = z.ZodType | Binary;

/**
 * A body of bytes, such as an image: `body: binary('image/png', { maxBytes: 200_000 })`. Handlers and clients see a
 * `Uint8Array`.
 *
 * Everything passes through API Gateway and Lambda, which take 6 MB a call (4.5 MB before base64,
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). For larger files let the handler answer
 * an `Upload`, by which the browser sends them to S3 itself.
 *
 * @param contentTypes one or several, without parameters; where a response has a choice of several, use `content`
 * @throws Error when `maxBytes` is more than 4,500,000 or a content type is none
 * @example
 * import { binary, defineApi } from 'cdk-trellis/contract';
 *
 * export const avatarsApi = defineApi({ name: 'avatars', version: '1.0.0' }, {
 *   getAvatar: { method: 'GET', path: '/avatars/{name}', auth: 'public', responses: { 200: binary('image/png') } },
 *   putAvatar: {
 *     method: 'PUT',
 *     path: '/avatars/{name}',
 *     auth: 'user',
 *     body: binary(['image/png', 'image/jpeg'], { maxBytes: 200_000 }),
 *     responses: { 204: {} },
 *   },
 * });
 */
export function binary<const Type extends string>(
  contentTypes: Type | readonly Type[],
  options: {
    /** Largest size in bytes; a larger request is refused with 413. @default 1_000_000 */
    readonly maxBytes?: number;
  } = {},
): Binary<Type> {
  const { maxBytes = 1_000_000 } = options;
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > MAX_BINARY_BYTES) {
    throw new Error(
      `\`maxBytes\` must be a whole number from 1 to ${MAX_BINARY_BYTES}, got ${maxBytes}: larger files go to S3 directly, see \`Upload\``,
    );
  }
  const types = [contentTypes].flat() as Type[];
  for (const type of types.filter((one) => !/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(one))) {
    throw new Error(
      `A content type must be like image/png, in lower case and without parameters, got "${type}"`,
    );
  }
  return Object.freeze({ contentTypes: types, maxBytes });
}

export function isBinary(body: object): body is Binary {
  return 'contentTypes' in body;
}

/** Whether a content type says JSON: `application/json`, `application/problem+json`. */
export function isJsonType(contentType: string): boolean {
  return contentType === 'application/json' || contentType.endsWith('+json');
}

/** What the code on either side has in hand. */
export type BodyValue<B> = B extends Binary ? Uint8Array : B extends z.ZodType ? z.output<B> : undefined;
