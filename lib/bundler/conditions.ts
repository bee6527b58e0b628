/**
 * Returns additional conditions for package.json's `exports`. When the library runs from its sources, its runtime is
 * bundled from them too, so that both have the same version.
 */
export function libraryConditions(): string[] {
  return __filename.endsWith('.ts') ? ['cdk-trellis-source'] : [];
}
