import type { Loader } from 'esbuild';

/**
 * Bundling options of a function. By default, the code is one tree-shaken ES module for the function's runtime, with a
 * source map, and its packages are in the stack's dependency layer.
 *
 * The options apply to the project's own code; packages are bundled separately, for all functions of a stack. Paths are
 * absolute, or relative to the working directory (where cdk.json is) or to a folder above it.
 *
 * @example
 * import { NodeFunction } from 'cdk-trellis';
 *
 * new NodeFunction(stack, 'Render', {
 *   handler: () => import('../lambda/render.js'),
 *   bundling: { define: { 'process.env.STAGE': '"beta"' }, loader: { '.html': 'text' } },
 * });
 */
export interface BundlingOptions {
  /** Expressions to replace, as in `{ 'process.env.STAGE': '"beta"' }`. @default - none */
  readonly define?: Readonly<Record<string, string>>;
  /** Loaders by file extension, as in `{ '.html': 'text' }`. @default - esbuild's loaders */
  readonly loader?: Readonly<Record<string, Loader>>;
  /** Imports that are not bundled because a layer of yours provides them. @default - none */
  readonly external?: readonly string[];
  /**
   * Replacements of imports by a file or another package, as in `{ 'pg-native': './lambda/no-pg-native.ts' }`.
   *
   * @default - none
   */
  readonly alias?: Readonly<Record<string, string>>;
  /** Files that are imported first and whose exports replace globals. @default - none */
  readonly inject?: readonly string[];
  /**
   * Conditions of package.json's `exports` in addition to `node`, `import` and `module`, for packages of the project
   * (workspaces).
   *
   * @default - none
   */
  readonly conditions?: readonly string[];
  /** A tsconfig.json for all files. @default - the nearest one above each file */
  readonly tsconfig?: string;
  /** JavaScript at the top of the code. @default - none */
  readonly banner?: string;
  /**
   * Shortens names. Functions load slightly faster, but stack traces without source maps and `name` of functions and
   * classes no longer match the source.
   *
   * @default false: only white space and comments are removed
   */
  readonly minify?: boolean;
  /** Preserves `name` of functions and classes, also where esbuild renames them. @default false */
  readonly keepNames?: boolean;
  /**
   * Adds a source map to the deployment package, with which stack traces show TypeScript lines.
   *
   * @default true
   */
  readonly sourceMap?: boolean;
  /**
   * Modules with esbuild plugins, as in `['build/graphql-plugin.mjs']`. The default export of each, in JavaScript that
   * Node.js can load, is a plugin or a list of plugins. They run in a worker thread and therefore cannot be passed as
   * objects. If a plugin reads more than the module it loads, its results must list these files in `watchFiles` or
   * `watchDirs`; otherwise a change to them does not rebuild the bundle.
   *
   * @see https://esbuild.github.io/plugins/
   * @default - none
   */
  readonly plugins?: readonly string[];
  /**
   * Files and folders to copy next to the code, by target path: `{ templates: 'lambda/templates' }`. The handler reads
   * them with `new URL('./templates/order.html', import.meta.url)`. Executable files remain executable.
   *
   * @default - none
   */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Packages that are installed in the stack's dependency layer, with their dependencies, instead of bundled: packages
   * that read their own files or load modules by computed names. Packages with native code are recognized and need not
   * be listed.
   *
   * @default - packages with native code
   */
  readonly nodeModules?: readonly string[];
}
