/** Unicode properties that can be written as ranges; other properties have hundreds of ranges. */
const RANGES: Readonly<Record<string, string>> = {
  Cc: '\\u0000-\\u001f\\u007f-\\u009f',
  Control: '\\u0000-\\u001f\\u007f-\\u009f',
  ASCII: '\\u0000-\\u007f',
};

/** Flags that change a pattern's meaning: `i`, `m`, `s` and `y` cannot be written in a pattern, `v` has another syntax. */
const CHANGES_MEANING = /[imsyv]/;

/**
 * Translates a regular expression for other languages: `pattern` has no flags, and Python, Java and Go do not have
 * ECMAScript's `\p{Cc}`, `(?<name>)` and `\u{1F600}`.
 *
 * @returns undefined for a pattern that cannot be translated: a missing `pattern` is incomplete, a wrong one misleads
 */
export function portablePattern({ source, flags }: RegExp): string | undefined {
  if (CHANGES_MEANING.test(flags)) return undefined;
  const isUnicode = flags.includes('u');
  let portable = '';
  let isInClass = false;
  for (const token of source.match(TOKENS) ?? []) {
    const translated = translate(token, isInClass, isUnicode);
    if (translated === undefined) return undefined;
    portable += translated;
    isInClass = isInClass ? !token.endsWith(']') || token.startsWith('\\') : token.startsWith('[');
  }
  return portable;
}

/** Tokens: escapes, empty classes, openings of named groups and lookbehinds; every other character by itself. */
const TOKENS =
  /\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\.|\[\^?\]|\(\?<[A-Za-z_$][\w$]*>|./gs;

function translate(token: string, isInClass: boolean, isUnicode: boolean): string | undefined {
  // The empty class and its complement; a named back reference; a control letter.
  if (!isInClass && /^\[\^?\]$/.test(token)) return undefined;
  if (/^\\[kc]$/.test(token)) return undefined;
  if (!isInClass && token.startsWith('(?<')) return '(';
  if (/^\\[pPu]\{|^\\[pP]$/.test(token)) return isUnicode ? unicode(token, isInClass) : undefined;
  const [high, low] =
    /^\\u(....)\\u(....)$/
      .exec(token)
      ?.slice(1)
      .map((code) => Number.parseInt(code, 16)) ?? [];
  return high !== undefined && low !== undefined ? String.fromCharCode(high, low) : token;
}

function unicode(token: string, isInClass: boolean): string | undefined {
  const name = token.slice(3, -1);
  if (token[1] === 'u') {
    const code = Number.parseInt(name, 16);
    return code > 0xffff ? String.fromCodePoint(code) : `\\u${code.toString(16).padStart(4, '0')}`;
  }
  const ranges = RANGES[name.replace(/^(?:gc|General_Category)=/, '')];
  if (ranges === undefined || (isInClass && token[1] === 'P')) return undefined;
  return isInClass ? ranges : `[${token[1] === 'P' ? '^' : ''}${ranges}]`;
}
