/** Returns the credentials of an `Authorization` header without the word `Bearer`; undefined without credentials. */
export function bearerToken(header: string | undefined): string | undefined {
  return header?.trim().replace(/^Bearer\s+/i, '') || undefined;
}
