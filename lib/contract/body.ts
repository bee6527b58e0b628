import type * as z from 'zod';

/** Maximum size of a binary body in bytes: Lambda's payload limit of 6 MB, less the overhead of base64. */
export const MAX_BINARY_BYTES = 4_500_000;

/** Body of bytes instead of JSON. */
export interface Binary<Type extends string = string> {
  /** Allowed content types. */
  readonly contentTypes: readonly Type[];
  /** Maximum size in bytes. */
  readonly maxBytes: number;
}

/** Body of a request or a response: the schema of JSON, or bytes. */
export type Body = z.ZodType | Binary;

/**
 * Declares a body of bytes, such as an image: `body: binary('image/png', { maxBytes: 200_000 })`. Handlers and clients
 * get a `Uint8Array`.
 *
 * The body passes through API Gateway and Lambda, whose payload limit is 6 MB (4.5 MB before base64,
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). For larger files, return an `Upload`, with
 * which the browser sends the file directly to S3.
 *
 * @param contentTypes one or several, without parameters; for a response with a choice of types use `content`
 * @throws Error when `maxBytes` is more than 4,500,000 or a content type is invalid
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
    /** Maximum size in bytes; a larger request is rejected with 413. @default 1_000_000 */
    readonly maxBytes?: number;
  } = {},
): Binary<Type> {
  const { maxBytes = 1_000_000 } = options;
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > MAX_BINARY_BYTES) {
    throw new Error(
      `\`maxBytes\` must be a whole number from 1 to ${MAX_BINARY_BYTES}, got ${maxBytes}. For larger files use \`Upload\`, which sends them directly to S3.`,
    );
  }
  const types = [contentTypes].flat() as Type[];
  for (const type of types.filter((name) => !/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(name))) {
    throw new Error(
      `\`contentTypes\` must be like image/png, in lower case and without parameters, got "${type}"`,
    );
  }
  return Object.freeze({ contentTypes: types, maxBytes });
}

export function isBinary(body: object): body is Binary {
  return 'contentTypes' in body;
}

/** Returns true for JSON content types: `application/json`, `application/problem+json`. */
export function isJsonType(contentType: string): boolean {
  return contentType === 'application/json' || contentType.endsWith('+json');
}

/** Value of a body in handlers and clients. */
export type BodyValue<B> = B extends Binary ? Uint8Array : B extends z.ZodType ? z.output<B> : undefined;
