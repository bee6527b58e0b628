import { missingHandler, refuseOther } from './handler-errors.js';
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
  /** Of a plain handler: what it may have behind imports that are not read. Its bundle is compared with it. */
  readonly unseen?: Unseen;
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

/**
 * Reads from a module's source, without running it, what its handler needs.
 *
 * @param name the export that is the handler
 * @throws SourceError that says what was expected, what is there and where
 */
export function analyzeHandler(entry: string, name: string, graph: ModuleGraph): HandlerAnalysis {
  const module = graph.read(entry);
  const origin = module.isCommonJs ? undefined : exportOrigin(module, name, false);
  if (!origin || isMissing(module, name, origin)) throw missingHandler(module, name);
  const value = foundAt(module, origin);
  refuseOther(value.module, value.node, name);
  const call = wrapperCall(value, new Set());
  if (!call) {
    const unseen = assertNeedsAreRead(value.module, value.node, NEEDS_ARGUMENT, Object.keys(OWN_NEEDS));
    return { needs: [], ...(unseen && { unseen }) };
  }
  const { wrapper, at } = call;
  const index = NEEDS_ARGUMENT[wrapper] as number;
  assertNoNestedWrapper(at.module, at.node, wrapper, NEEDS_ARGUMENT, Object.keys(OWN_NEEDS));
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

/** Whether an export is one of another module, which does not have it, or is a module as a whole. */
function isMissing(module: Module, name: string, origin: Origin): boolean {
  if ('node' in origin) return origin.node.type === NAMESPACE;
  const exported = module.exports.get(name);
  return 'from' in origin && origin.isAbsent === true && exported !== undefined && isImported(exported);
}

/** Of what is not read only the module is known that it comes from: a handler of a package is a plain one. */
function foundAt(module: Module, origin: Origin): Found {
  if ('node' in origin) return origin;
  const from = 'from' in origin ? origin.from : 'cdk-trellis/runtime';
  const isPackage = 'runtime' in origin || origin.isPackage;
  return { module, node: { type: 'External', from, isPackage } };
}

/** The call of one of the wrappers that makes the handler, also inside the call of a middleware. */
function wrapperCall({ module, node }: Found, seen: Set<Node>): { wrapper: string; at: Found } | undefined {
  if (node.type !== 'CallExpression' || seen.has(node)) return undefined;
  seen.add(node);
  const wrapper = runtimeName(module, node.callee);
  if (wrapper && wrapper in NEEDS_ARGUMENT) return { wrapper, at: { module, node } };
  const inner = node.callee.type === 'MemberExpression' ? [node.callee.object] : [];
  for (const argument of [...inner, ...node.arguments]) {
    const call = wrapperCall(foundAt(module, originOf({ module, node: argument }, false)), seen);
    if (call) return call;
  }
  return undefined;
}
