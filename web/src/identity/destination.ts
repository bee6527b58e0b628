/** Where to go after signing in: a page of this site, whatever an address that somebody has sent says. */
export function destination(query: URLSearchParams): string {
  const wanted = query.get('then') ?? '/';
  return /^\/(?![/\\])/.test(wanted) ? wanted : '/';
}
