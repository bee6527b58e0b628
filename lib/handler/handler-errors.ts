import type { Module, Node } from './module.js';
import { isImported } from './module-exports.js';
import { SourceError } from './source-error.js';

/** What is no function, or one that Lambda does not call. */
export function refuseOther(module: Module, node: Node, name: string): void {
  if (/^Class|Literal$|^(Object|Array)Expression$/.test(node.type)) {
    const given = node.type.replace(/(Declaration|Expression|Literal)$/, '').toLowerCase();
    throw new SourceError(
      `\`${name}\` must be a function of (event, context), got a value that is none (${given})`,
      module.file,
      node.loc.start.line,
    );
  }
  if (!/Function/.test(node.type)) return;
  const parameters = node.params.filter((parameter: Node) => parameter.name !== 'this');
  if (parameters.length < 3) return;
  throw new SourceError(
    `\`${name}\` must be an async function of (event, context), got one with a callback: Node.js 24 and later do not call it. Return a promise of the result instead.`,
    module.file,
    node.loc.start.line,
  );
}

/** Why a module has no such handler, and how it is to be written. */
export function missingHandler(module: Module, name: string): SourceError {
  if (module.isCommonJs && /[\\/]node_modules[\\/]/.test(module.file)) {
    return new SourceError(
      'a handler must be an ES module that exports it, got a CommonJS module of a package. Its author can publish handlers as ES modules (a folder with `"type": "module"`), or the TypeScript sources that its source maps name.',
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
      `the module must export \`${name}\`, got one that it re-exports from \`${reexported.from}\`, where \`${reexported.name}\` is not, or comes from here again`,
      module.file,
    );
  }
  const names = [...module.exports.keys()].map((one) => `\`${one}\``).join(', ');
  const advice =
    name === 'handler'
      ? " Write `export const handler = ...` or `export { name as handler }`, or say which it is: `() => import('./orders.js').then((module) => ({ handler: module.place }))`."
      : '';
  return new SourceError(
    `the module must export \`${name}\`, got ${names || 'no exports'}.${advice}`,
    module.file,
  );
}
