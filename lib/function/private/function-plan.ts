import { relative } from 'node:path';
import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Bindable, Bindables } from '../../bindings/binding.js';
import type * as Idempotency from '../../bindings/idempotency-table.js';
import {
  type BindingRequest,
  type ResolvedBindings,
  resolveBindings,
} from '../../bindings/resolve-bindings.js';
import type { BundlingOptions } from '../../bundler/bundling-options.js';
import { resolveBundling } from '../../bundler/resolve-options.js';
import { constructPath } from '../../construct/construct-path.js';
import { entryOf, valueImportOf } from '../../handler/entry.js';
import { exportNameOf } from '../../handler/export-name.js';
import type { HandlerAnalysis } from '../../handler/handler-analysis.js';
import { HandlerSources } from '../../handler/handler-sources.js';
import type { DeclaredNeed } from '../../handler/needs.js';

/** The compiler may know of needs that the source does not show. */
const UNREAD =
  'If it does, write its needs where the handler is exported, for synth reads them there: `export const handler = handle({ ... }, ...)`';

/** Result of reading a handler's module and resolving its bindings, before the function is created. */
export interface FunctionPlan extends ResolvedBindings {
  readonly entry: string;
  readonly exportName: string;
  readonly analysis: HandlerAnalysis;
}

/** A need that follows from what the construct knows, and not from the handler's source. */
export interface OwnNeed extends DeclaredNeed {
  readonly to: Bindable;
}

/**
 * Finds the module, reads its needs and resolves their bindings.
 *
 * @param sharesBindings true if other functions use the same bindings: extra ones are then accepted
 * @throws Error that names all errors, and the construct
 */
export function planFunction(
  scope: Construct,
  id: string,
  props: {
    handler: () => unknown;
    bind?: Bindables | undefined;
    environment?: Readonly<Record<string, string>> | undefined;
    bundling?: BundlingOptions | undefined;
    own?: readonly OwnNeed[] | undefined;
  },
  sharesBindings: boolean,
): FunctionPlan {
  const path = constructPath(scope, id);
  const { entry, exportName } = located(path, () => {
    const file = entryOf(props.handler);
    return { entry: file, exportName: exportNameOf(props.handler) };
  });
  const { options } = resolveBundling(props.bundling ?? {}, entry, path);
  const analysis = located(path, () => HandlerSources.of(scope).analyze(entry, exportName, options));
  warnOfValueImport(scope, path, entry);
  const { needs } = analysis;
  const bind = { ...bindingsOfTheStack(scope, needs, props.bind ?? {}), ...props.bind };
  const names = needs.map(({ name }) => name);
  const missing = needs.filter(({ name }) => bind[name] === undefined);
  const extra = sharesBindings ? [] : Object.keys(props.bind ?? {}).filter((name) => !names.includes(name));
  const errors = [
    ...missing.map((need) => `\`bind\` must have ${need.name}: the handler needs \`${declarationOf(need)}\``),
    ...extra.map(
      (name) =>
        `\`bind\` has ${name}, which the handler does not need (${names.length > 0 ? `it needs ${names.join(', ')})` : `it needs nothing). ${UNREAD}`}`,
    ),
  ];
  const requests = [
    ...needs.filter((need) => !missing.includes(need)).map((need) => requestFor(need, bind)),
    ...(props.own ?? []).map(({ to, ...need }) => requestFor(need, { [need.name]: to })),
  ];
  const resolved = resolveBindings(
    requests,
    Object.keys(props.environment ?? {}),
    errors,
    (all) => {
      const file = relative(process.cwd(), entry);
      return new Error(`${all.join('\n')}\nThe needs are declared in ${file} (at ${path})`);
    },
    { scope, isTyped: true },
  );
  return { entry, exportName, analysis, ...resolved };
}

function warnOfValueImport(scope: Construct, path: string, entry: string): void {
  const file = valueImportOf(entry);
  if (!file) return;
  const [importer, handler] = [file, entry].map((name) => relative(process.cwd(), name));
  Annotations.of(scope).addWarningV2(
    'cdk-trellis:handlerImported',
    `${importer} imports ${handler} for its values, so that synth runs the handler's code and loads its packages. Use \`import type\`, or move what both need into a file of its own (at ${path})`,
  );
}

/** Returns the stack's own resources for needs that nothing is bound to. */
function bindingsOfTheStack(scope: Construct, needs: readonly DeclaredNeed[], bind: Bindables): Bindables {
  const unbound = needs.filter(({ kind, name }) => kind === 'idempotency' && bind[name] === undefined);
  const names = unbound.map(({ name }) => name);
  if (names.length === 0) return {};
  // Loaded here: an app that needs no table does not wait for CDK's tables.
  const { IdempotencyTable } = require('../../bindings/idempotency-table.js') as typeof Idempotency;
  return Object.fromEntries(names.map((name) => [name, IdempotencyTable.of(scope)]));
}

function requestFor({ name, kind, access }: DeclaredNeed, bind: Bindables): BindingRequest {
  const label = {
    to: `\`bind.${name}\``,
    access: `the need \`${declarationOf({ name, kind, access })}\` cannot be bound`,
  };
  return { name, kind, access, to: bind[name], label };
}

function located<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw new Error(`${(error as Error).message} (at ${path})`, { cause: error });
  }
}

/** Returns a need as the handler declares it. */
function declarationOf({ name, kind, access }: DeclaredNeed): string {
  return `${name}: ${kind === access ? `${kind}()` : `${kind}.${access}`}`;
}
