import { relative } from 'node:path';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { variableOf } from '../../runtime/need.js';
import { asBindable, type Bindables, type Binding } from '../binding.js';
import { Bundler } from './bundler.js';
import { entryOf } from './entry.js';
import type { DeclaredNeed, HandlerAnalysis } from './handler-analysis.js';

/** What follows from a handler's module and the bindings, before there is a function. */
export interface FunctionPlan {
  readonly entry: string;
  readonly analysis: HandlerAnalysis;
  readonly environment: Record<string, string>;
  readonly statements: PolicyStatement[];
  readonly wildcards: NonNullable<Binding['wildcard']>[];
}

/**
 * Finds the module, reads its needs and satisfies them.
 *
 * @param shared whether other functions use the same bindings: extra ones are no mistake then
 * @throws Error that names all mistakes, and the construct
 */
export function planFunction(
  scope: Construct,
  id: string,
  props: { handler: () => unknown; bind?: Bindables },
  shared: boolean,
): FunctionPlan {
  const path = scope.node.path ? `${scope.node.path}/${id}` : id;
  const { entry, analysis } = located(path, () => {
    if (typeof props.handler !== 'function') {
      throw new Error(
        `\`handler\` must be a function, \`() => import('./place.js')\`, got ${typeof props.handler}`,
      );
    }
    const file = entryOf(props.handler);
    return { entry: file, analysis: Bundler.of(scope).analyze(file) };
  });
  const bind = props.bind ?? {};
  const mistakes: string[] = [];
  const plan: FunctionPlan = { entry, analysis, environment: {}, statements: [], wildcards: [] };
  for (const need of analysis.needs) {
    try {
      satisfy(need, bind, plan);
    } catch (error) {
      mistakes.push((error as Error).message);
    }
  }
  const names = analysis.needs.map(({ name }) => name);
  const extra = shared ? [] : Object.keys(bind).filter((name) => !names.includes(name));
  for (const name of extra) {
    const needs = names.join(', ') || 'nothing';
    mistakes.push(`\`bind\` has ${name}, which the handler does not need (it needs ${needs})`);
  }
  if (mistakes.length > 0) {
    const file = relative(process.cwd(), entry);
    throw new Error(`${mistakes.join('\n')}\nThe needs are declared in ${file} (at ${path})`);
  }
  return plan;
}

function satisfy(
  { name, kind, access }: DeclaredNeed,
  bind: Bindables,
  { environment, statements, wildcards }: FunctionPlan,
): void {
  if (bind[name] === undefined) {
    throw new Error(`\`bind\` must have ${name}: the handler needs \`${name}: ${kind}.${access}\``);
  }
  const bindable = asBindable(bind[name]);
  if (bindable?.bindingKind !== kind) {
    const given = bindable ? `a ${bindable.bindingKind}` : typeof bind[name];
    throw new Error(`\`bind.${name}\` must be a ${kind}, got ${given}`);
  }
  const variable = variableOf(name, kind);
  if (!/^[A-Z][A-Z0-9_]+$/.test(variable)) {
    throw new Error(
      `the need \`${name}\` must be letters and digits, starting with a letter: its environment variable would be ${variable}`,
    );
  }
  if (variable in environment) {
    throw new Error(`two needs would have the environment variable ${variable}: rename \`${name}\``);
  }
  const binding = bindable.bindingFor(access);
  environment[variable] = binding.value;
  statements.push(...binding.statements);
  if (binding.wildcard) wildcards.push(binding.wildcard);
}

function located<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw new Error(`${(error as Error).message} (at ${path})`, { cause: error });
  }
}
