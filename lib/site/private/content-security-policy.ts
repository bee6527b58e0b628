import type { ContentSecurityPolicy } from '../site-props.js';

type Directives = Readonly<Record<string, readonly string[]>>;

/** Default directives for a page that is built into separate files: nothing inline, no other origins. */
const DEFAULT_DIRECTIVES: Directives = {
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
};

/** https://www.w3.org/TR/CSP3/#csp-directives, and those of other standards. */
const KNOWN_DIRECTIVES = new Set([
  ...Object.keys(DEFAULT_DIRECTIVES),
  ...['child-src', 'fenced-frame-src', 'font-src', 'frame-src', 'manifest-src', 'media-src', 'worker-src'],
  ...['script-src-attr', 'script-src-elem', 'style-src-attr', 'style-src-elem'],
  ...['report-to', 'report-uri', 'require-trusted-types-for', 'trusted-types', 'sandbox'],
  'upgrade-insecure-requests',
]);

/** Values that browsers recognize in quotes only. */
const KEYWORD =
  /^(self|none|unsafe-inline|unsafe-eval|unsafe-hashes|wasm-unsafe-eval|strict-dynamic|report-sample|(nonce|sha256|sha384|sha512)-.*)$/;

/** Directives whose values are words and no sources. */
const WORDS = /^(sandbox|require-trusted-types-for|trusted-types|report-to|report-uri)$/;

/**
 * Returns the directives of the policy: the defaults, changed by those of the user.
 *
 * @param connect origins besides the site's that the page may call
 */
export function directivesOf(policy: ContentSecurityPolicy, connect: readonly string[]): Directives {
  const defaults: Directives = {
    ...DEFAULT_DIRECTIVES,
    'connect-src': [...DEFAULT_DIRECTIVES['connect-src']!, ...connect],
  };
  const directives: Record<string, readonly string[]> = { ...defaults };
  for (const [name, change] of Object.entries(policy)) {
    const sources = defaults[name] ?? defaults['default-src']!;
    const values = typeof change === 'function' ? change(sources) : change;
    if (values === false || (values !== true && values.length === 0)) delete directives[name];
    else directives[name] = values === true ? [] : values;
  }
  return directives;
}

/** Returns the value of the header. */
export function policyText(directives: Directives): string {
  return Object.entries(directives)
    .map(([name, values]) => [name, ...values].join(' '))
    .join('; ');
}

/** Returns the errors of directives that a browser would ignore, so that their protection would be lost. */
export function validateDirectives(directives: Directives): string[] {
  return Object.entries(directives).flatMap(([name, values]) => {
    if (!KNOWN_DIRECTIVES.has(name)) {
      return [
        `\`contentSecurityPolicy\` must have directives of a content security policy (${[...KNOWN_DIRECTIVES].sort().join(', ')}), got "${name}"`,
      ];
    }
    return values
      .filter((value) => /[\s;,]/.test(value) || value === '' || (!WORDS.test(name) && KEYWORD.test(value)))
      .map(
        (value) =>
          `\`contentSecurityPolicy.${name}\` must be sources like "'self'" (with its quotes) or "https://example.com", one per item, got "${value}"`,
      );
  });
}
