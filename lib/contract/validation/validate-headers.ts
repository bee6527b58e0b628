import type * as z from 'zod';

/**
 * Headers that a gateway, a browser or this library has a use of its own for.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const RESERVED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'connection content-encoding content-length content-md5 date expect host max-forwards pragma proxy-authenticate range server te trailer transfer-encoding upgrade user-agent via warn www-authenticate cookie origin referer'
      .split(' ')
      .map((name) => [name, 'it belongs to gateways and browsers']),
  ),
  'content-type': 'it follows from the body',
  'x-correlation-id': 'every request and reply has it: `correlationId`',
};

const OF_REQUESTS: Readonly<Record<string, string>> = {
  ...RESERVED,
  authorization: 'say who may call the operation by `auth`',
  'x-api-key': 'use `apiKey`',
  accept: 'give the response several types by `content`',
  'idempotency-key': 'use `idempotencyKey: true` or `idempotent: true`',
};

const OF_RESPONSES: Readonly<Record<string, string>> = {
  ...RESERVED,
  deprecation: 'use `deprecated`',
  sunset: 'use `deprecated`',
};

/** What is wrong with the headers that a request or a response declares. */
export function validateHeaders(
  of: 'request' | 'response',
  place: string,
  headers: z.ZodObject | undefined,
): string[] {
  if (!headers) return [];
  if (headers._zod?.def.type !== 'object') return [`\`${place}\` must be a z.object()`];
  const found: string[] = [];
  if (headers.def.catchall?._zod.def.type === 'never') {
    found.push(`\`${place}\` must not be strict: every request has further headers`);
  }
  for (const name of Object.keys(headers.shape)) {
    const why = (of === 'request' ? OF_REQUESTS : OF_RESPONSES)[name.toLowerCase()];
    if (why) found.push(`\`${place}\` has the reserved header ${name}: ${why}`);
    else if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      found.push(`\`${place}\` must have names in lower case without spaces, got "${name}"`);
    }
  }
  return found;
}
