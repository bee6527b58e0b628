import type * as z from 'zod';

/**
 * Headers that gateways, browsers or this library set.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const RESERVED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'connection content-encoding content-length content-md5 date expect host max-forwards pragma proxy-authenticate range server te trailer transfer-encoding upgrade user-agent via warn www-authenticate cookie origin referer'
      .split(' ')
      .map((name) => [name, 'gateways and browsers set it']),
  ),
  'content-type': 'the type of the body sets it',
  'x-correlation-id': 'the library sets it, use `correlationId`',
};

const REQUEST_HEADERS: Readonly<Record<string, string>> = {
  ...RESERVED,
  authorization: 'use `auth`',
  'x-api-key': 'use `apiKey`',
  accept: 'declare several types of a response with `content`',
  'idempotency-key': 'use `idempotencyKey: true` or `idempotent: true`',
};

const RESPONSE_HEADERS: Readonly<Record<string, string>> = {
  ...RESERVED,
  deprecation: 'use `deprecated`',
  sunset: 'use `deprecated`',
};

/** Returns the errors of the declared headers of a request or a response. */
export function validateHeaders(
  direction: 'request' | 'response',
  place: string,
  headers: z.ZodObject | undefined,
): string[] {
  if (!headers) return [];
  if (headers._zod?.def.type !== 'object') return [`\`${place}\` must be a z.object()`];
  const errors: string[] = [];
  if (headers.def.catchall?._zod.def.type === 'never') {
    errors.push(`\`${place}\` must not be strict: every request has undeclared headers`);
  }
  for (const name of Object.keys(headers.shape)) {
    const reason = (direction === 'request' ? REQUEST_HEADERS : RESPONSE_HEADERS)[name.toLowerCase()];
    if (reason) errors.push(`\`${place}\` must not have the reserved header ${name}: ${reason}`);
    else if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      errors.push(`\`${place}\` must have names in lower case without spaces, got "${name}"`);
    }
  }
  return errors;
}
