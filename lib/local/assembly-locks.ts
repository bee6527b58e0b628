import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes the locks that killed deployments left in a cloud assembly. Requires the project's lock, so that no
 * deployment runs. The CDK toolkit treats a lock as held if any process has its id, and process ids are reused.
 */
export function removeAssemblyLocks(assemblyDir: string): void {
  if (!existsSync(assemblyDir)) return;
  const locks = readdirSync(assemblyDir).filter((name) => /^(read\.\d+\.\d+|synth)\.lock$/.test(name));
  for (const name of locks) rmSync(join(assemblyDir, name), { force: true });
}
