/** Returns the groups of a claim; undefined for a text that may be one name or several. */
export function groupNames(claim: unknown): readonly string[] | undefined {
  if (claim === undefined || claim === null || claim === '') return [];
  if (Array.isArray(claim)) return claim.map(String);
  return typeof claim === 'string' && !/^\[|,/.test(claim) ? [claim] : undefined;
}
