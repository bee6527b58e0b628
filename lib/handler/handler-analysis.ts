import { assertHandlerFunction, missingHandler } from './handler-errors.js';
import type { Module, Node } from './module.js';
import { isImported } from './module-exports.js';
import type { ModuleGraph } from './module-graph.js';
import { type DeclaredNeed, readNeeds } from './needs.js';
import {
  exportOrigin,
  type Found,
  NAMESPACE,
  type Origin,
  originOf,
  runtimeName,
  unwrapped,
} from './runtime-names.js';
import { assertNeedsAreRead, assertNoNestedWrapper } from './unread-needs.js';
import type { Unseen } from './wrapper-search.js';

/** A handler that is made by no wrapper, and so has no needs. */
export interface PlainHandler {
  readonly kind: 'plain';
  readonly needs: readonly [];
  /** Imports that may hide needs because they are not read; the bundle is compared with them. */
  readonly unseen?: Unseen;
}

/** A handler made by `route`. */
export interface RouteHandler {
  readonly kind: 'route';
  readonly needs: readonly DeclaredNeed[];
  /** Name of the operation, as in `api.placeOrder`; undefined when the source does not show it. */
  readonly operation: string | undefined;
}

/** A handler made by `trigger`. */
export interface TriggerHandler {
  readonly kind: 'trigger';
  readonly needs: readonly DeclaredNeed[];
  /** Trigger of the user pool, as in `trigger('preSignUp', ...)`; undefined when the source does not show it. */
  readonly trigger: string | undefined;
}

/** A handler made by one of the other wrappers. */
export interface WrappedHandler {
  readonly kind: 'authorizer' | 'consume' | 'handle' | 'job' | 'step' | 'worker';
  readonly needs: readonly DeclaredNeed[];
}

/** A handler as its source shows it. */
export type HandlerAnalysis = PlainHandler | RouteHandler | TriggerHandler | WrappedHandler;

/** The wrapper that makes a handler, or `plain`. */
export type HandlerKind = HandlerAnalysis['kind'];

type Wrapper = Exclude<HandlerKind, 'plain'>;

/** Position of the needs among the arguments of each wrapper. */
const NEEDS_ARGUMENT: Readonly<Record<Wrapper, number>> = {
  authorizer: 1,
  consume: 1,
  handle: 0,
  job: 0,
  route: 1,
  step: 1,
  trigger: 1,
  worker: 1,
};

/** Needs of a wrapper itself, besides those of its handler; as in `lib/runtime`. */
const OWN_NEEDS: Readonly<Partial<Record<Wrapper, readonly DeclaredNeed[]>>> = {
  job: [{ name: 'runs', kind: 'idempotency', access: 'idempotency' }],
};

/**
 * Reads the kind and the needs of a handler from its module's source, without running it.
 *
 * @param name the export that is the handler
 * @throws SourceError with the expected form, the source's and the place
 */
export function analyzeHandler(entry: string, name: string, graph: ModuleGraph): HandlerAnalysis {
  const module = graph.read(entry);
  const origin = module.isCommonJs ? undefined : exportOrigin(module, name, false);
  if (!origin || isMissing(module, name, origin)) throw missingHandler(module, name);
  const value = foundAt(module, origin);
  assertHandlerFunction(value.module, value.node, name);
  const call = wrapperCall(value, new Set());
  if (!call) {
    const unseen = assertNeedsAreRead(value.module, value.node, NEEDS_ARGUMENT, Object.keys(OWN_NEEDS));
    return { kind: 'plain', needs: [], ...(unseen && { unseen }) };
  }
  const { wrapper, at } = call;
  const { arguments: args, loc } = at.node;
  assertNoNestedWrapper(at.module, at.node, wrapper, NEEDS_ARGUMENT, Object.keys(OWN_NEEDS));
  const declared = readNeeds(at.module, args[NEEDS_ARGUMENT[wrapper]], loc.start.line, wrapper);
  const needs = [...declared, ...(OWN_NEEDS[wrapper] ?? [])];
  if (wrapper === 'route') return { kind: wrapper, needs, operation: unwrapped(args[0]).property?.name };
  if (wrapper === 'trigger') return { kind: wrapper, needs, trigger: unwrapped(args[0]).value };
  return { kind: wrapper, needs };
}

/** Returns whether an export is re-exported from a module that lacks it, or is a whole module. */
function isMissing(module: Module, name: string, origin: Origin): boolean {
  if ('node' in origin) return origin.node.type === NAMESPACE;
  const exported = module.exports.get(name);
  return 'from' in origin && origin.isAbsent === true && exported !== undefined && isImported(exported);
}

/** Returns the origin of a handler; a handler of a package, which is not read, counts as plain. */
function foundAt(module: Module, origin: Origin): Found {
  if ('node' in origin) return origin;
  const from = 'from' in origin ? origin.from : 'cdk-trellis/runtime';
  const isPackage = 'runtime' in origin || origin.isPackage;
  return { module, node: { type: 'External', from, isPackage } };
}

/** Returns the wrapper's call that makes the handler, also inside the call of a middleware. */
function wrapperCall({ module, node }: Found, seen: Set<Node>): { wrapper: Wrapper; at: Found } | undefined {
  if (node.type !== 'CallExpression' || seen.has(node)) return undefined;
  seen.add(node);
  const wrapper = runtimeName(module, node.callee);
  if (isWrapper(wrapper)) return { wrapper, at: { module, node } };
  const inner = node.callee.type === 'MemberExpression' ? [node.callee.object] : [];
  for (const argument of [...inner, ...node.arguments]) {
    const call = wrapperCall(foundAt(module, originOf({ module, node: argument }, false)), seen);
    if (call) return call;
  }
  return undefined;
}

function isWrapper(name: string | undefined): name is Wrapper {
  return name !== undefined && name in NEEDS_ARGUMENT;
}
