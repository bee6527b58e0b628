import type { HttpResponse } from './message.js';

/** Largest sum of names and values of a reply's headers, in bytes. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_HEADER_BYTES = 10_240;

/**
 * Returns the headers of a reply as they are sent.
 *
 * A value is a text, a number or a boolean; `undefined` leaves the header out. Only `set-cookie` may be a list: commas
 * in cookies are data, so that several cannot be one line.
 *
 * @throws Error for a value with no text form (a Date, null, an object, a list), for a line break or other characters
 * that would become another header, and for more bytes than the gateway sends
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
    for (const one of isCookie && Array.isArray(value) ? value : [value]) {
      const text = textOf(name, one);
      size += name.length + text.length;
      if (isCookie) cookies.push(text);
      else checked[name] = text;
    }
  }
  if (size > MAX_HEADER_BYTES) {
    throw new Error(
      `The reply has headers of ${size} bytes, more than the ${MAX_HEADER_BYTES} that API Gateway sends`,
    );
  }
  return cookies.length > 0 ? { headers: checked, cookies } : { headers: checked };
}

function textOf(name: string, value: unknown): string {
  const type = typeof value;
  if (!['string', 'boolean', 'bigint'].includes(type) && !Number.isFinite(value)) {
    throw new Error(
      `The header ${name} must be a text, a finite number or a boolean, got ${nameOf(value)}. Convert it, or declare it by a codec to z.string().`,
    );
  }
  const text = String(value);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
    throw new Error(`The header ${name} must be Latin text on one line, got ${JSON.stringify(text)}`);
  }
  return text;
}

function nameOf(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a Date' : typeof value;
}
