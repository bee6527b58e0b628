/** Variables of ARN formats whose values may have slashes. */
const WITH_SLASHES = /Path|Object|LogGroupName|LogStreamName|Parameter|SecretId|OidcProviderName|AliasName/i;

/** A time, as in 2026-01-01T00:00:00.000. */
const WITH_COLONS = /StreamLabel/;

type Token =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'one' | 'any'; readonly fits: RegExp };

/**
 * Returns true if the resource of a statement, which may have `*` and `?`, matches an ARN of this format of the
 * reference: `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`.
 */
export function canBe(resource: string, format: string): boolean {
  const tokens = tokensOf(format);
  const failed = new Set<string>();
  const go = (at: number, next: number): boolean => {
    const state = `${at} ${next}`;
    if (failed.has(state)) return false;
    const done = at === resource.length && next === tokens.length;
    const fits = done || steps(resource[at], tokens[next]).some(([by, on]) => go(at + by, next + on));
    if (!fits) failed.add(state);
    return fits;
  };
  return go(0, 0);
}

/** Returns the possible steps in the resource and the format. */
function steps(char: string | undefined, token: Token | undefined): [number, number][] {
  const ways: [number, number][] = [];
  if (token?.kind === 'any') ways.push([0, 1]);
  if (char === '*') {
    ways.push([1, 0]);
    if (token) ways.push([0, 1]);
  } else if (char !== undefined && token && fitsToken(char, token)) {
    ways.push([1, token.kind === 'any' ? 0 : 1]);
  }
  return ways;
}

function fitsToken(char: string, token: Token): boolean {
  if (char === '?') return true;
  return token.kind === 'literal' ? token.text === char : token.fits.test(char);
}

function tokensOf(format: string): Token[] {
  return format.split(/(\$\{\w+\})/).flatMap((part): Token[] => {
    if (!part.startsWith('${')) return [...part].map((text) => ({ kind: 'literal', text }));
    const fits = WITH_COLONS.test(part) ? /[^/]/ : WITH_SLASHES.test(part) ? /[^:]/ : /[^:/]/;
    return [
      { kind: 'one', fits },
      { kind: 'any', fits },
    ];
  });
}

const KNOWN: Readonly<Record<string, string>> = {
  Partition: 'aws',
  Region: 'us-east-1',
  Account: '111122223333',
};

/** Returns true if it matches every resource of that format, also unrelated ones. */
export function isEvery(resource: string, format: string): boolean {
  const other = format.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => KNOWN[name] ?? 'unrelated');
  const pattern = resource
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(other);
}
