import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes the locks that killed deployments left in a cloud assembly. Call it with the project's own lock held: then
 * no deployment runs. The CDK toolkit takes a lock for live when any process has its number, and numbers are reused.
 */
export function removeAssemblyLocks(assemblyDir: string): void {
  if (!existsSync(assemblyDir)) return;
  const locks = readdirSync(assemblyDir).filter((name) => /^(read\.\d+\.\d+|synth)\.lock$/.test(name));
  for (const name of locks) rmSync(join(assemblyDir, name), { force: true });
}
