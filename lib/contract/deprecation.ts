/** Dates of an operation's deprecation and removal, and a link to its replacement. */
export interface Deprecation {
  /** Day or time of the deprecation, for example `2027-01-31`. Without it, the `Deprecation` header is not sent. */
  readonly since?: string;
  /** Day or time after which the operation may be removed. */
  readonly sunset?: string;
  /** URL of a page about the replacement. */
  readonly see?: string;
}

/**
 * Returns the headers of a deprecated operation: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`.
 */
export function deprecationHeaders(deprecated: true | Deprecation | undefined): Record<string, string> {
  const { since, sunset, see } = deprecated === true || !deprecated ? {} : deprecated;
  return {
    ...(since && { deprecation: `@${Date.parse(since) / 1000}` }),
    ...(sunset && { sunset: new Date(sunset).toUTCString() }),
    ...(see && { link: `<${see}>; rel="deprecation"; type="text/html"` }),
  };
}

/** Returns the errors of an operation's `deprecated`. */
export function validateDeprecation(deprecated: true | Deprecation | undefined): string[] {
  if (deprecated === true || !deprecated) return [];
  const { since, sunset, see, ...rest } = deprecated;
  const errors = Object.keys(rest).map((key) => `\`deprecated\` has no \`${key}\``);
  for (const [name, date] of Object.entries({ since, sunset })) {
    if (date !== undefined && !/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(date)) {
      errors.push(`\`deprecated.${name}\` must be a day like 2027-01-31 or a time in UTC, got "${date}"`);
    } else if (date !== undefined && Number.isNaN(Date.parse(date))) {
      errors.push(`\`deprecated.${name}\` must be a valid date, got "${date}"`);
    }
  }
  if (since && sunset && Date.parse(sunset) < Date.parse(since)) {
    errors.push(`\`deprecated.sunset\` must not be before \`since\` (${since}), got ${sunset}`);
  }
  if (see !== undefined && !/^(https?:\/\/|\/)[^\s<>"]+$/.test(see)) {
    errors.push(`\`deprecated.see\` must be a URL, got "${see}"`);
  }
  return errors;
}
