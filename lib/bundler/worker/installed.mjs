// @ts-check
import { existsSync, realpathSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, resolve } from 'node:path';

/**
 * What Yarn's Plug'n'Play adds to Node.js: packages are in archives then, and no folder is called node_modules.
 * https://yarnpkg.com/advanced/pnpapi
 *
 * @typedef {{
 *   resolveToUnqualified(name: string, issuer: string): string | null,
 *   resolveVirtual(path: string): string | null,
 * }} PnpApi
 */

/**
 * Where Node.js finds a package from a folder.
 *
 * @param {string} name
 * @param {string} from
 * @returns {string | undefined}
 */
export function installed(name, from) {
  const { findPnpApi } = /** @type {{ findPnpApi?: (path: string) => PnpApi | null }} */ (Module);
  const pnp = findPnpApi?.(join(from, '/'));
  return pnp ? inArchive(pnp, name, from) : inFolder(name, from);
}

/** @param {PnpApi} pnp @param {string} name @param {string} from */
function inArchive(pnp, name, from) {
  try {
    const folder = pnp.resolveToUnqualified(name, join(from, '/'));
    const real = folder && resolve(pnp.resolveVirtual(folder) ?? folder);
    // It knows packages for other platforms, too, which it has not installed.
    return real && existsSync(join(real, 'package.json')) ? real : undefined;
  } catch {
    // Not among the package's dependencies.
    return undefined;
  }
}

/** @param {string} name @param {string} from @returns {string | undefined} */
function inFolder(name, from) {
  const candidate = join(from, 'node_modules', name);
  // What tools generate, as in node_modules/.prisma, has no package.json.
  if (existsSync(name.startsWith('.') ? candidate : join(candidate, 'package.json')))
    return realpathSync(candidate);
  return from === dirname(from) ? undefined : inFolder(name, dirname(from));
}
