/** Since when an operation is deprecated, until when it works, and where to read what to use instead. */
export interface Deprecation {
  /** Day or time of the deprecation, as in `2027-01-31`. Without it the header `Deprecation`, a date, is not sent. */
  readonly since?: string;
  /** Day or time after which the operation may be gone. */
  readonly sunset?: string;
  /** URL of a page that says what to use instead. */
  readonly see?: string;
}

/**
 * The headers that tell callers of a deprecated operation: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link.
 */
export function deprecationHeaders(deprecated: true | Deprecation | undefined): Record<string, string> {
  const { since, sunset, see } = deprecated === true || !deprecated ? {} : deprecated;
  return {
    ...(since && { deprecation: `@${Date.parse(since) / 1000}` }),
    ...(sunset && { sunset: new Date(sunset).toUTCString() }),
    ...(see && { link: `<${see}>; rel="deprecation"; type="text/html"` }),
  };
}

/** What is wrong with an operation's `deprecated`. */
export function validateDeprecation(deprecated: true | Deprecation | undefined): string[] {
  if (deprecated === true || !deprecated) return [];
  const { since, sunset, see, ...rest } = deprecated;
  const found = Object.keys(rest).map((key) => `\`deprecated\` has no \`${key}\``);
  for (const [name, date] of Object.entries({ since, sunset })) {
    if (date !== undefined && !/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(date)) {
      found.push(`\`deprecated.${name}\` must be a day like 2027-01-31 or a time in UTC, got "${date}"`);
    } else if (date !== undefined && Number.isNaN(Date.parse(date))) {
      found.push(`\`deprecated.${name}\` is no date: "${date}"`);
    }
  }
  if (since && sunset && Date.parse(sunset) < Date.parse(since)) {
    found.push(`\`deprecated.sunset\` must not be before \`since\` (${since}), got ${sunset}`);
  }
  if (see !== undefined && !/^(https?:\/\/|\/)[^\s<>"]+$/.test(see)) {
    found.push(`\`deprecated.see\` must be a URL, got "${see}"`);
  }
  return found;
}
