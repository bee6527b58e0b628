/** Returns the logical id of an access: `TableIndexByDayRead`. */
export function idOf(kind: string, access: string): string {
  return `${kind} ${access}`
    .split(/[^a-zA-Z]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
