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
 * Returns the files whose decorators need type metadata. esbuild has no `emitDecoratorMetadata`, and frameworks that
 * inject or store by type fail at run time without it.
 *
 * @param {readonly string[]} sources
 * @param {Iterable<string>} settings configuration files
 * @param {string | undefined} tsconfig the one used for all files
 * @returns {Promise<string[]>}
 */
export async function withMetadata(sources, settings, tsconfig) {
  const configs = [...settings].filter((file) => file.endsWith('.json') && basename(file) !== 'package.json');
  if (!configs.some((file) => readFileSync(file, 'utf8').includes(OPTION))) return [];
  /** @type {string[]} */
  const matches = [];
  /** @type {Map<string, Promise<boolean>>} */
  const cached = new Map();
  for (const file of sources.filter((source) => /\.[cm]?tsx?$/.test(source))) {
    const config = tsconfig ?? nearest(dirname(file));
    if (!config || !DECORATOR.test(readFileSync(file, 'utf8'))) continue;
    const isOn = cached.get(config) ?? optionIn(config, OPTION, new Set()).then((value) => value === true);
    cached.set(config, isOn);
    if (await isOn) matches.push(file);
  }
  return matches;
}

/**
 * Compiles these files with the compiler that the project has installed.
 *
 * @param {readonly string[]} files
 * @param {string} root
 * @param {string | undefined} tsconfig
 * @param {Gone} gone
 * @returns {import('esbuild').Plugin}
 * @throws CodeError if no such compiler is installed
 */
export function metadataPlugin(files, root, tsconfig, gone) {
  const compilers = new Map(files.map((file) => [file, compilerFor(file, root)]));
  return {
    name: 'trellis-decorators',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?tsx?$/ }, async ({ path }) => {
        const compile = compilers.get(path);
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
  const text = `${relative(root, file)} uses decorators, and its tsconfig.json sets \`${OPTION}\`, which esbuild does not support: the type metadata would be missing at run time. Install @swc/core, or typescript before version 7 (which has no API), to compile the file, or compile it with a plugin (\`bundling.plugins\`).`;
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
 * Returns the value of a compiler option, including extended configurations: the last of several wins.
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
  const value = config?.compilerOptions?.[name];
  if (value !== undefined) return value;
  for (const base of [config?.extends ?? []].flat().reverse()) {
    for (const path of basesOf(file, base)) {
      const value = await optionIn(path, name, seen);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

/** Parses JSON with comments and trailing commas as an expression. @param {string} file @returns {Promise<any>} */
async function parsed(file) {
  const { parseExpression } = await import('@babel/parser');
  try {
    return plainValue(parseExpression(readFileSync(file, 'utf8')));
  } catch {
    // esbuild reports the syntax error.
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
