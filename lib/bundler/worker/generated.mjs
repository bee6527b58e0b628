// @ts-check
import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A folder that no registry can have: npm's names do not start with a dot. `prisma generate` writes `.prisma/client`. */
const GENERATED = /^\.[^./]/;

/**
 * Lets esbuild detect the format of generated code in node_modules that has no package.json.
 *
 * Node.js does not look for a package.json above node_modules, so that such code is CommonJS. esbuild takes the app's, and
 * with "type": "module" the exports of the code would be undefined without an error.
 *
 * @returns {import('esbuild').Plugin}
 */
export function generatedPlugin() {
  return {
    name: 'trellis-generated',
    setup(build) {
      build.onResolve({ filter: GENERATED }, async ({ path, pluginData, ...args }) => {
        if (pluginData === GENERATED) return undefined;
        const found = await build.resolve(path, { ...args, pluginData: GENERATED });
        const isFile = found.errors.length === 0 && !found.external && found.namespace === 'file';
        // A file that a plugin resolves keeps the plugin's result.
        return isFile && !hasManifest(found.path) ? { path: found.path } : undefined;
      });
    },
  };
}

/** Returns true when a folder of a file, up to its node_modules, has a package.json. @param {string} file */
function hasManifest(file) {
  for (let folder = dirname(file); !folder.endsWith(`${sep}node_modules`); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return true;
    if (folder === dirname(folder)) return true;
  }
  return false;
}
