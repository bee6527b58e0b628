import { dirname, join } from 'node:path';
import { importedFile, type Module, type Node } from './module-exports.js';

/** The name that an expression has in `cdk-trellis/runtime`, whatever it is imported as. */
export function runtimeName(module: Module, node: Node): string | undefined {
  const direct = node.type === 'Identifier' && module.imports.get(node.name);
  if (direct) return direct.name !== '*' && isRuntime(module, direct.from) ? direct.name : undefined;
  if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier' || node.computed)
    return undefined;
  const namespace = module.imports.get(node.object.name);
  return namespace?.name === '*' && isRuntime(module, namespace.from) ? node.property.name : undefined;
}

const LIBRARY = join(__dirname, '..', '..');

/** In the package, handlers of the library itself are ES modules. */
const RUNTIME_FOLDERS = [join(LIBRARY, 'runtime'), join(LIBRARY, 'esm', 'runtime')];

function isRuntime(module: Module, from: string): boolean {
  if (from === 'cdk-trellis/runtime' || from.endsWith('/cdk-trellis/runtime')) return true;
  const file = importedFile(module, from);
  return file !== undefined && RUNTIME_FOLDERS.includes(dirname(file));
}

/** An expression without what only the compiler sees: `x as const`, `x satisfies Y`, `x!`, `(x)`. */
export function unwrapped(node: Node): Node {
  const types = [
    'TSAsExpression',
    'TSSatisfiesExpression',
    'TSNonNullExpression',
    'TSInstantiationExpression',
  ];
  return node && [...types, 'ParenthesizedExpression'].includes(node.type)
    ? unwrapped(node.expression)
    : node;
}
