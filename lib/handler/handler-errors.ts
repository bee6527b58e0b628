import type { Module, Node } from './module.js';
import { isImported } from './module-exports.js';
import { SourceError } from './source-error.js';

/** Asserts that the handler is a function that Lambda can call. */
export function assertHandlerFunction(module: Module, node: Node, name: string): void {
  if (/^Class|Literal$|^(Object|Array)Expression$/.test(node.type)) {
    const kind = node.type
      .replace(/(Declaration|Expression|Literal)$/, '')
      .replace('Numeric', 'Number')
      .toLowerCase();
    throw new SourceError(
      `\`${name}\` must be a function of (event, context), got ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`,
      module.file,
      node.loc.start.line,
    );
  }
  if (!/Function/.test(node.type)) return;
  const parameters = node.params.filter((parameter: Node) => parameter.name !== 'this');
  if (parameters.length < 3) return;
  throw new SourceError(
    `\`${name}\` must be an async function of (event, context), got one with a callback: Node.js 24 and later do not call it. Return a promise instead.`,
    module.file,
    node.loc.start.line,
  );
}

/** Returns the error for a module without the handler, with the remedy. */
export function missingHandler(module: Module, name: string): SourceError {
  if (module.isCommonJs && /[\\/]node_modules[\\/]/.test(module.file)) {
    return new SourceError(
      'a handler must be an ES module that exports it, got a CommonJS module of a package. Its author can publish handlers as ES modules (in a folder with `"type": "module"`), or with the TypeScript sources of its source maps.',
      module.file,
    );
  }
  if (module.isCommonJs) {
    return new SourceError(
      'a handler must be an ES module that exports it, got a CommonJS module. Write `export const handler = ...`, and run the app from its sources rather than from compiled files.',
      module.file,
    );
  }
  const reexported = module.exports.get(name);
  if (reexported && isImported(reexported)) {
    return new SourceError(
      `the module must export \`${name}\`, got a re-export from \`${reexported.from}\`, which does not export \`${reexported.name}\` (or re-exports it from here)`,
      module.file,
    );
  }
  const names = [...module.exports.keys()].map((exported) => `\`${exported}\``).join(', ');
  const advice =
    name === 'handler'
      ? " Write `export const handler = ...` or `export { name as handler }`, or select the export: `() => import('./orders.js').then((module) => ({ handler: module.place }))`."
      : '';
  return new SourceError(
    `the module must export \`${name}\`, got ${names || 'no exports'}.${advice}`,
    module.file,
  );
}
