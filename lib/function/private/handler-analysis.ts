import { missingHandler, refuseOther } from './handler-mistakes.js';
import {
  type Imported,
  importedFile,
  isImported,
  type Module,
  type Node,
  readModule,
} from './module-exports.js';
import { readNeeds } from './needs.js';
import { runtimeName, unwrapped } from './runtime-names.js';
import { refuseUnread } from './unread-needs.js';

/** One thing that a handler asks for: `orders: table.readWrite`. */
export interface DeclaredNeed {
  readonly name: string;
  readonly kind: string;
  readonly access: string;
}

/** What a handler's source says about it. */
export interface HandlerAnalysis {
  readonly needs: readonly DeclaredNeed[];
  /** The name of the operation that `route` implements, as in `api.placeOrder`. */
  readonly operation?: string;
  /** Whether it is the handler of an authorizer. */
  readonly isAuthorizer?: boolean;
  /** By what it is to be invoked: the wrapper for events, messages or schedules that it is made with. */
  readonly invokedBy?: Invoker;
  /** The trigger of a user pool that it is made for, as in `trigger('preSignUp', ...)`. */
  readonly trigger?: string;
}

/** The wrappers of handlers that one kind of source invokes. */
export type Invoker = 'consume' | 'job' | 'step' | 'trigger' | 'worker';

const NEEDS_ARGUMENT: Readonly<Record<string, number>> = {
  authorizer: 1,
  consume: 1,
  handle: 0,
  job: 0,
  route: 1,
  step: 1,
  trigger: 1,
  worker: 1,
};

const INVOKERS: readonly string[] = ['consume', 'job', 'step', 'trigger', 'worker'] satisfies Invoker[];

/** What a wrapper needs besides what its handler says, as `lib/runtime` has it. */
const OWN_NEEDS: Readonly<Record<string, readonly DeclaredNeed[]>> = {
  job: [{ name: 'runs', kind: 'idempotency', access: 'idempotency' }],
};

/** A value and the module it is written in. */
interface Found {
  readonly module: Module;
  readonly node: Node;
}

/**
 * Reads from a module's source, without running it, what its handler needs.
 *
 * @param name the export that is the handler
 * @param visited is filled with the files that the answer rests on
 * @throws SourceError that says what was expected, what is there and where
 */
export function analyzeHandler(entry: string, name: string, visited: Set<string>): HandlerAnalysis {
  const read = (file: string): Module => {
    visited.add(file);
    return readModule(file);
  };
  const module = read(entry);
  const found = findExport(module, name, read, new Set());
  if (!found) throw missingHandler(module, name);
  const value = resolveName(found, read);
  refuseOther(value.module, value.node, name);
  const call = wrapperCall(value, read, new Set());
  if (!call) {
    refuseUnread(value.module, value.node, NEEDS_ARGUMENT);
    return { needs: [] };
  }
  const { wrapper, at } = call;
  const index = NEEDS_ARGUMENT[wrapper] as number;
  const declared = readNeeds(at.module, at.node.arguments[index], at.node.loc.start.line, wrapper);
  const needs = [...declared, ...(OWN_NEEDS[wrapper] ?? [])];
  const operation = wrapper === 'route' ? unwrapped(at.node.arguments[0]).property?.name : undefined;
  return {
    needs,
    ...(operation && { operation }),
    ...(wrapper === 'authorizer' && { isAuthorizer: true }),
    ...(INVOKERS.includes(wrapper) && { invokedBy: wrapper as Invoker }),
    ...(wrapper === 'trigger' && { trigger: unwrapped(at.node.arguments[0]).value }),
  };
}

function findExport(
  module: Module,
  name: string,
  read: (file: string) => Module,
  seen: Set<string>,
): Found | undefined {
  if (seen.has(`${module.file} ${name}`)) return undefined;
  seen.add(`${module.file} ${name}`);
  const exported = module.exports.get(name);
  if (exported)
    return isImported(exported) ? follow(module, exported, read, seen) : { module, node: exported };
  for (const from of module.stars) {
    const file = importedFile(module, from);
    const found = file && findExport(read(file), name, read, seen);
    if (found) return found;
  }
  return undefined;
}

/** A handler that comes from another file of the project; one of a package is a plain handler. */
function follow(
  module: Module,
  imported: Imported,
  read: (file: string) => Module,
  seen: Set<string>,
): Found | undefined {
  const file = importedFile(module, imported.from);
  if (!file) return { module, node: { type: 'External' } };
  return findExport(read(file), imported.name, read, seen);
}

/** What a name stands for, through the variables and imports of the project. */
function resolveName(found: Found, read: (file: string) => Module): Found {
  const node = unwrapped(found.node);
  const member = namespaceMember(found.module, node, read);
  if (member) return resolveName(member, read);
  if (node.type !== 'Identifier') return { ...found, node };
  const value = found.module.values.get(node.name);
  if (value) return resolveName({ module: found.module, node: value }, read);
  const imported = found.module.imports.get(node.name);
  const target = imported && follow(found.module, imported, read, new Set());
  return target ? resolveName(target, read) : { ...found, node };
}

/** `place.handler`, where `place` is a module of the project as a whole. */
function namespaceMember(module: Module, node: Node, read: (file: string) => Module): Found | undefined {
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  const imported = module.imports.get(node.object.name);
  const file = imported?.name === '*' ? importedFile(module, imported.from) : undefined;
  return file === undefined ? undefined : findExport(read(file), node.property.name, read, new Set());
}

/** The call of one of the wrappers that makes the handler, also inside the call of a middleware. */
function wrapperCall(
  { module, node }: Found,
  read: (file: string) => Module,
  seen: Set<Node>,
): { wrapper: string; at: Found } | undefined {
  if (node.type !== 'CallExpression' || seen.has(node)) return undefined;
  seen.add(node);
  const wrapper = runtimeName(module, node.callee);
  if (wrapper && wrapper in NEEDS_ARGUMENT) return { wrapper, at: { module, node } };
  const inner = node.callee.type === 'MemberExpression' ? [node.callee.object] : [];
  for (const argument of [...inner, ...node.arguments]) {
    const call = wrapperCall(resolveName({ module, node: argument }, read), read, seen);
    if (call) return call;
  }
  return undefined;
}
