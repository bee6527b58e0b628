import { ProblemError } from '../contract/problem.js';
import { PROBLEMS } from './problems.js';

/** Maximum size of a JSON body in bytes; Lambda accepts 6 MB per invocation. */
export const MAX_JSON_BYTES = 1024 * 1024;

/** Maximum nesting of objects and arrays: deeper than contracts need, and shallow enough for recursive code. */
export const MAX_JSON_DEPTH = 100;

/**
 * Parses I-JSON (RFC 7493), which rejects JSON that parsers read differently: duplicate keys (a proxy may check the
 * first, JavaScript keeps the last), unpaired surrogates, numbers out of range, and the key `__proto__`, which an
 * assignment loses.
 *
 * @throws ProblemError 400 with the reason
 */
export function parseJson(body: string | Uint8Array): unknown {
  const text = typeof body === 'string' ? body : textOf(body);
  const { depth, names } = structureOf(text);
  if (depth > MAX_JSON_DEPTH) {
    throw notJson(`Expected at most ${MAX_JSON_DEPTH} levels of objects and arrays, got ${depth}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notJson((error as Error).message);
  }
  // In a well-formed text only an escape can encode an unpaired surrogate.
  if (!text.isWellFormed()) throw brokenText();
  if (countNames(value, text.includes('\\u')) < names) {
    throw notJson(`Duplicate key ${duplicateKey(text)} in one object.`);
  }
  return value;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson('The body is not valid UTF-8.');
  }
}

function notJson(detail: string): ProblemError {
  return new ProblemError({ ...PROBLEMS.invalidJson, detail });
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];

/** Returns the nesting depth of a JSON text and the number of keys in its objects. The result is arbitrary for invalid JSON. */
function structureOf(text: string): { depth: number; names: number } {
  let [level, depth, names] = [0, 0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfText(text, index);
    } else if (code === COLON) {
      names += 1;
    } else if (code === 0x7b || code === 0x5b) {
      level += 1;
      if (level > depth) depth = level;
    } else if (code === 0x7d || code === 0x5d) {
      level -= 1;
    }
  }
  return { depth, names };
}

/** Returns the index of the closing quotation mark of the string that opens at `start`. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // After an even number of backslashes the quotation mark is not escaped.
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** Counts the keys of all objects in a value. @throws ProblemError 400 for values that I-JSON excludes */
function countNames(value: unknown, hasEscapes: boolean): number {
  if (typeof value === 'object' && value !== null) {
    let names = 0;
    if (Array.isArray(value)) {
      for (const item of value) names += countNames(item, hasEscapes);
      return names;
    }
    for (const key of Object.keys(value)) {
      if (hasEscapes && !key.isWellFormed()) throw brokenText();
      if (key === '__proto__') throw notJson('The key "__proto__" is not allowed.');
      names += 1 + countNames((value as Record<string, unknown>)[key], hasEscapes);
    }
    return names;
  }
  if (hasEscapes && typeof value === 'string' && !value.isWellFormed()) throw brokenText();
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw notJson('Numbers must be less than 1.8e308.');
  }
  return 0;
}

function brokenText(): ProblemError {
  return notJson('The body contains an unpaired surrogate, which is not valid Unicode.');
}

/** Returns the first duplicate key of an object in the JSON text, quoted. */
function duplicateKey(text: string): string | undefined {
  const objects: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}:]/g)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (token !== ':') last = JSON.parse(token);
    else if (objects.at(-1)!.has(last)) return JSON.stringify(last);
    else objects.at(-1)!.add(last);
  }
  return undefined;
}
