// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative } from 'node:path';
import { withoutTypes } from './erased-types.mjs';
import { CodeError } from './errors.mjs';
import { basesOf } from './inputs.mjs';

/** @typedef {(text: string, file: string, useDefineForClassFields: boolean) => string} Compile */

/** @typedef {import('./erased-types.mjs').Gone} Gone */

const OPTION = 'emitDecoratorMetadata';
const DECORATOR = /^\s*(?:export\s+(?:default\s+)?)?@[A-Za-z_$]/m;

/**
 * The files whose decorators need the types of what they are at: esbuild has no `emitDecoratorMetadata`, and frameworks that
 * inject by type or store by type fail at run time without it.
 *
 * @param {readonly string[]} sources
 * @param {Iterable<string>} settings files that say how they are compiled
 * @param {string | undefined} tsconfig the one that is used for all
 * @returns {Promise<string[]>}
 */
export async function withMetadata(sources, settings, tsconfig) {
  const configs = [...settings].filter((file) => file.endsWith('.json') && basename(file) !== 'package.json');
  if (!configs.some((file) => readFileSync(file, 'utf8').includes(OPTION))) return [];
  /** @type {string[]} */
  const found = [];
  /** @type {Map<string, Promise<boolean>>} */
  const known = new Map();
  for (const file of sources.filter((source) => /\.[cm]?tsx?$/.test(source))) {
    const config = tsconfig ?? nearest(dirname(file));
    if (!config || !DECORATOR.test(readFileSync(file, 'utf8'))) continue;
    const isOn = known.get(config) ?? optionIn(config, OPTION, new Set()).then((value) => value === true);
    known.set(config, isOn);
    if (await isOn) found.push(file);
  }
  return found;
}

/**
 * Has such files compiled by what the project has installed for it.
 *
 * @param {readonly string[]} files
 * @param {string} root
 * @param {string | undefined} tsconfig
 * @param {Gone} gone
 * @returns {import('esbuild').Plugin}
 * @throws CodeError when nothing is installed that can do it
 */
export function metadataPlugin(files, root, tsconfig, gone) {
  const wanted = new Map(files.map((file) => [file, compilerFor(file, root)]));
  return {
    name: 'trellis-decorators',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?tsx?$/ }, async ({ path }) => {
        const compile = wanted.get(path);
        if (!compile) return undefined;
        const config = tsconfig ?? nearest(dirname(path));
        const fields = config && (await optionIn(config, 'useDefineForClassFields', new Set()));
        const code = compile(readFileSync(path, 'utf8'), path, fields !== false);
        const contents = await withoutTypes(code, gone.get(path) ?? new Set());
        return { contents, loader: extname(path) === '.tsx' ? 'tsx' : 'ts', resolveDir: dirname(path) };
      });
    },
  };
}

/** @param {string} file @param {string} root */
function compilerFor(file, root) {
  const compiler = byTypeScript(file) ?? bySwc(file);
  if (compiler) return compiler;
  const text = `${relative(root, file)} uses decorators, and its tsconfig.json has \`${OPTION}\`, which esbuild has not: the types would be missing when it runs. Install @swc/core, or typescript before version 7 (which has no API), and the file is compiled by it; or compile it by a plugin of your own (\`bundling.plugins\`).`;
  throw new CodeError([{ text }]);
}

/** @param {string} file @param {string} name @returns {any} */
function installedCompiler(file, name) {
  try {
    return createRequire(file)(name);
  } catch {
    return undefined;
  }
}

/** @param {string} file @returns {Compile | undefined} */
function byTypeScript(file) {
  const typescript = installedCompiler(file, 'typescript');
  if (typeof typescript?.transpileModule !== 'function') return undefined;
  return (text, fileName, useDefineForClassFields) => {
    const compilerOptions = {
      target: typescript.ScriptTarget.ESNext,
      module: typescript.ModuleKind.ESNext,
      jsx: typescript.JsxEmit.Preserve,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields,
      isolatedModules: true,
      inlineSourceMap: true,
    };
    return typescript.transpileModule(text, { fileName, compilerOptions }).outputText;
  };
}

/** @param {string} file @returns {Compile | undefined} */
function bySwc(file) {
  const swc = installedCompiler(file, '@swc/core');
  if (typeof swc?.transformSync !== 'function') return undefined;
  return (text, filename, useDefineForClassFields) =>
    swc.transformSync(text, {
      filename,
      swcrc: false,
      configFile: false,
      sourceMaps: 'inline',
      module: { type: 'es6' },
      jsc: {
        target: 'esnext',
        keepClassNames: true,
        parser: { syntax: 'typescript', decorators: true, tsx: filename.endsWith('.tsx') },
        transform: {
          legacyDecorator: true,
          decoratorMetadata: true,
          useDefineForClassFields,
          react: { runtime: 'preserve' },
        },
      },
    }).code;
}

/** @param {string} folder @returns {string | undefined} */
function nearest(folder) {
  const file = join(folder, 'tsconfig.json');
  if (existsSync(file)) return file;
  return folder === dirname(folder) ? undefined : nearest(dirname(folder));
}

/**
 * The value of a compiler option, with the configurations that are extended: the last of several wins.
 *
 * @param {string} file
 * @param {string} name
 * @param {Set<string>} seen
 * @returns {Promise<unknown>}
 */
async function optionIn(file, name, seen) {
  if (seen.has(file) || !existsSync(file)) return undefined;
  seen.add(file);
  const config = await parsed(file);
  const own = config?.compilerOptions?.[name];
  if (own !== undefined) return own;
  for (const base of [config?.extends ?? []].flat().reverse()) {
    for (const path of basesOf(file, base)) {
      const value = await optionIn(path, name, seen);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

/** JSON with comments and trailing commas is an expression. @param {string} file @returns {Promise<any>} */
async function parsed(file) {
  const { parseExpression } = await import('@babel/parser');
  try {
    return plainValue(parseExpression(readFileSync(file, 'utf8')));
  } catch {
    // esbuild says what is wrong with it.
    return undefined;
  }
}

/** @param {any} node @returns {any} */
function plainValue(node) {
  if (node.type === 'ArrayExpression') return node.elements.map(plainValue);
  if (node.type !== 'ObjectExpression') return node.value;
  return Object.fromEntries(
    node.properties.map((/** @type {any} */ { key, value }) => [key.value ?? key.name, plainValue(value)]),
  );
}
