// @ts-check
import { existsSync, realpathSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, resolve } from 'node:path';

/**
 * The API that Yarn's Plug'n'Play adds to Node.js. Packages are in archives, and node_modules does not exist.
 * https://yarnpkg.com/advanced/pnpapi
 *
 * @typedef {{
 *   resolveToUnqualified(name: string, issuer: string): string | null, resolveVirtual(path: string): string | null,
 * }} PnpApi
 */

/**
 * Returns the folder where Node.js finds a package, seen from a folder.
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
    // It also lists packages for other platforms that are not installed.
    return real && existsSync(join(real, 'package.json')) ? real : undefined;
  } catch {
    // The package does not declare this dependency.
    return undefined;
  }
}

/** @param {string} name @param {string} from @returns {string | undefined} */
function inFolder(name, from) {
  const candidate = join(from, 'node_modules', name);
  // Generated packages, as node_modules/.prisma, have no package.json.
  if (existsSync(name.startsWith('.') ? candidate : join(candidate, 'package.json')))
    return realpathSync(candidate);
  return from === dirname(from) ? undefined : inFolder(name, dirname(from));
}
