import type { Loader } from 'esbuild';

/**
 * How a function's code is bundled. Without any, it is one ES module for the function's runtime, without what nothing
 * uses, with a source map, and its packages are in the stack's automatic layer.
 *
 * Options are about the project's own code; packages are bundled apart from it, for all functions of a stack. Files
 * are named by absolute paths, or relative to the working directory (where cdk.json is) or to a folder above it.
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
  /** How files are loaded, by extension, as in `{ '.html': 'text' }`. @default - esbuild's */
  readonly loader?: Readonly<Record<string, Loader>>;
  /** Imports that stay as they are: a layer of your own provides them. @default - none */
  readonly external?: readonly string[];
  /**
   * What imports mean instead, as in `{ 'pg-native': './lambda/no-pg-native.ts' }`: a file, or another package.
   *
   * @default - none
   */
  readonly alias?: Readonly<Record<string, string>>;
  /** Files that are imported before all others, and whose exports stand for globals. @default - none */
  readonly inject?: readonly string[];
  /**
   * Conditions of package.json's `exports` that are taken besides `node`, `import` and `module`, for packages of the
   * project (workspaces).
   *
   * @default - none
   */
  readonly conditions?: readonly string[];
  /** A tsconfig.json for all files. @default - for each file the nearest above it */
  readonly tsconfig?: string;
  /** JavaScript at the top of the code. @default - none */
  readonly banner?: string;
  /**
   * Whether names are made short. Functions are read a little faster; stack traces without source maps, and `name` of
   * functions and classes, are not what was written.
   *
   * @default false: names stay, white space and comments go
   */
  readonly minify?: boolean;
  /** Whether `name` of functions and classes is what was written, also where names had to be changed. @default false */
  readonly keepNames?: boolean;
  /**
   * Whether there is a source map in the deployment package, by which stack traces name TypeScript lines.
   *
   * @default true
   */
  readonly sourceMap?: boolean;
  /**
   * Modules with esbuild plugins, as in `['build/graphql-plugin.mjs']`: each has a plugin or a list of plugins as its
   * default export, in JavaScript that Node.js can load. They run in another thread, so that they cannot be passed
   * as objects. What a plugin reads besides the module that it loads, it has to name by `watchFiles` or `watchDirs`
   * of its results; a bundle is otherwise not built again when only that has changed.
   *
   * @see https://esbuild.github.io/plugins/
   * @default - none
   */
  readonly plugins?: readonly string[];
  /**
   * Files and folders that are copied next to the code, by where they are there: `{ templates: 'lambda/templates' }`.
   * The handler finds them by `new URL('./templates/order.html', import.meta.url)`. Files that are executable stay so.
   *
   * @default - none
   */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Packages that are not bundled, but put into the stack's automatic layer as they are installed, with all that they
   * need: those that read files of their own, or load modules by names that they compute. Packages with native
   * code need not be named, they are recognized.
   *
   * @default - packages with native code
   */
  readonly nodeModules?: readonly string[];
}
