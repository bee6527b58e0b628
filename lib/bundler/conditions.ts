/**
 * The conditions of package.json's `exports` besides the usual ones. Where the library itself runs from its sources,
 * its runtime is bundled from them too: the two never differ in version.
 */
export function libraryConditions(): string[] {
  return __filename.endsWith('.ts') ? ['cdk-trellis-source'] : [];
}
