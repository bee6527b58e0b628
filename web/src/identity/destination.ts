/** Returns the page to open after signing in, which is always of this site: a link may contain any URL. */
export function destination(query: URLSearchParams): string {
  const then = query.get('then') ?? '/';
  return /^\/(?![/\\])/.test(then) ? then : '/';
}
