import type { HttpResponse } from './message.js';

/** Maximum total size of the names and values of a response's headers, in bytes. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_HEADER_BYTES = 10_240;

/**
 * Returns the headers of a response as they are sent.
 *
 * A value is a text, a number or a boolean; `undefined` omits the header. Only `set-cookie` may be a list: commas in
 * cookies are data, so several cookies cannot share a line.
 *
 * @throws Error for a value without a text form (a Date, null, an object, a list), for line breaks and other characters
 *   that would start another header, and for headers larger than the gateway's limit
 */
export function headersAndCookies(
  headers: Readonly<Record<string, unknown>> = {},
): Pick<HttpResponse, 'headers' | 'cookies'> {
  const checked: Record<string, string> = {};
  const cookies: string[] = [];
  let size = 0;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined) continue;
    const isCookie = name.toLowerCase() === 'set-cookie';
    for (const item of isCookie && Array.isArray(value) ? value : [value]) {
      const text = textOf(name, item);
      size += name.length + text.length;
      if (isCookie) cookies.push(text);
      else checked[name] = text;
    }
  }
  if (size > MAX_HEADER_BYTES) {
    throw new Error(
      `The response has ${size} bytes of headers; API Gateway sends at most ${MAX_HEADER_BYTES}`,
    );
  }
  return cookies.length > 0 ? { headers: checked, cookies } : { headers: checked };
}

function textOf(name: string, value: unknown): string {
  const type = typeof value;
  if (!['string', 'boolean', 'bigint'].includes(type) && !Number.isFinite(value)) {
    throw new Error(
      `The header ${name} must be a text, a finite number or a boolean, got ${nameOf(value)}. Convert it, or declare it as a codec to z.string().`,
    );
  }
  const text = String(value);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
    throw new Error(`The header ${name} must be Latin-1 text on one line, got ${JSON.stringify(text)}`);
  }
  return text;
}

function nameOf(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a Date' : typeof value;
}
