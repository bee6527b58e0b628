import { ProblemError } from '../contract/problem.js';

/** Largest JSON body that is read, in bytes; Lambda itself takes 6 MB per call. */
export const MAX_JSON_BYTES = 1024 * 1024;

/** How deep objects and lists may be nested: more than any contract needs, and less than any code stumbles over. */
export const MAX_JSON_DEPTH = 100;

/**
 * The value of a JSON text, which is I-JSON (RFC 7493): what other parsers might read differently is refused. A name
 * that stands twice is such a thing (the first may have been checked by a proxy, the last is what JavaScript keeps),
 * half of a surrogate pair, a number that is too large, or the name `__proto__`, which assignments lose.
 *
 * @throws ProblemError 400 that says what is wrong
 */
export function parseJson(body: string | Uint8Array): unknown {
  const text = typeof body === 'string' ? body : textOf(body);
  const { depth, names } = structureOf(text);
  if (depth > MAX_JSON_DEPTH) {
    throw notJson(`Expected at most ${MAX_JSON_DEPTH} levels of objects and lists, got ${depth}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notJson((error as Error).message);
  }
  // Only an escape can stand for half of a pair, once the text itself is well-formed.
  if (!text.isWellFormed()) throw brokenText();
  if (countNames(value, text.includes('\\u')) < names) {
    throw notJson(`The name ${repeatedName(text)} stands twice in one object.`);
  }
  return value;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson('It is not UTF-8 text.');
  }
}

function notJson(detail: string): ProblemError {
  return new ProblemError({ status: 400, title: 'The body is not JSON', detail });
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];

/** How deep a JSON text is nested, and how many names its objects have. What is no JSON gets any answer. */
function structureOf(text: string): { depth: number; names: number } {
  let [level, depth, names] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfText(text, at);
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

/** Where the text ends whose quotation mark opens at `start`. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // Behind an even number of backslashes the quotation mark is not escaped.
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** How many names the objects in a value have; what has no place in JSON is refused on the way. */
function countNames(value: unknown, hasEscapes: boolean): number {
  if (typeof value === 'object' && value !== null) {
    let names = 0;
    if (Array.isArray(value)) {
      for (const item of value) names += countNames(item, hasEscapes);
      return names;
    }
    for (const key of Object.keys(value)) {
      if (hasEscapes && !key.isWellFormed()) throw brokenText();
      if (key === '__proto__') throw notJson('The name "__proto__" has another meaning in JavaScript.');
      names += 1 + countNames((value as Record<string, unknown>)[key], hasEscapes);
    }
    return names;
  }
  if (hasEscapes && typeof value === 'string' && !value.isWellFormed()) throw brokenText();
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw notJson('A number is too large: it must be less than 1.8e308.');
  }
  return 0;
}

function brokenText(): ProblemError {
  return notJson('Half of a surrogate pair is no text: it has no UTF-8 form.');
}

/** The first name that an object of the JSON text has twice. */
function repeatedName(text: string): string | undefined {
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
