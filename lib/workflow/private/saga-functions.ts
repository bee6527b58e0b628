import { relative } from 'node:path';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindables } from '../../bindings/binding.js';
import { definedProps } from '../../construct/defined-props.js';
import { HandlerFunction } from '../../function/handler-function.js';
import { type AnyCode, existingOf, handlerOf, isCall, timeoutOf } from '../planned-step.js';
import type { SagaFunctionOptions } from '../saga-types.js';
import type { Invocation } from './machine-plan.js';
import type { Policy } from './retry.js';

/**
 * Additional seconds of a state. Lambda may take ten seconds to initialize a function before it runs: the state waits
 * longer than both, so that Lambda has always ended the function when its undo starts.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
const LAMBDA_SECONDS = 12;

/** Options of all functions of a saga. */
export interface SharedOptions {
  readonly bind: Bindables;
  readonly functions: SagaFunctionOptions;
}

/** Functions of a saga, by their placeholders in its definition. */
export class SagaFunctions {
  readonly byPlaceholder = new Map<string, IFunction>();
  private readonly scope: Construct;

  constructor(
    scope: Construct,
    private readonly shared: SharedOptions,
  ) {
    // Separate scope: a step may have the same name as another child of the saga.
    this.scope = new Construct(scope, 'Steps');
  }

  /**
   * Creates the function of a module, or uses the existing one.
   *
   * @param path as in `['payment', 'card', 'do']`: the source of its id and its placeholder
   */
  add(path: readonly string[], code: AnyCode, retry: Policy, timeout?: Duration): Invocation {
    const placeholder = path.map((part) => part.replace(/\W/g, '_')).join('_');
    const functionTimeout = timeoutOf(code, timeout) as Duration;
    const fn = existingOf(code) ?? this.create(path, code, functionTimeout);
    if (this.byPlaceholder.has(placeholder)) {
      throw new Error(
        `Two functions would have the name ${placeholder}. Rename a step or a case (at ${this.scope.node.path})`,
      );
    }
    this.byPlaceholder.set(placeholder, fn);
    return {
      arn: `\${${placeholder}}`,
      seconds: functionTimeout.toSeconds() + LAMBDA_SECONDS,
      retry,
      isUnchecked: isCall(code) || !(fn instanceof HandlerFunction && fn.analysis.kind === 'step'),
      ...(isCall(code) && { call: code }),
    };
  }

  private create(path: readonly string[], code: AnyCode, timeout: Duration): HandlerFunction {
    const { bind, functions } = this.shared;
    const overrides: SagaFunctionOptions = typeof code === 'object' ? (code as SagaFunctionOptions) : {};
    const scope = path.slice(0, -1).reduce((parent, part) => childOf(parent, capitalized(part)), this.scope);
    return new HandlerFunction(scope, capitalized(path.at(-1) as string), {
      description: path.join(' '),
      ...definedProps(functions),
      ...definedProps(overrides),
      environment: { ...functions.environment, ...overrides.environment },
      handler: handlerOf(code) as () => Promise<unknown>,
      bind,
      sharesBindings: true,
      timeout,
      invokedSynchronously: true,
    });
  }
}

/** Checks at run time what the compiler checks in TypeScript. @throws Error if the module does not validate the saga's input */
export function assertChecksInput(fn: IFunction | undefined, name: string, path: string): void {
  if (!(fn instanceof HandlerFunction) || fn.analysis.kind === 'step') return;
  throw new Error(
    `The first step, ${name}, must be a module that calls \`step({ input: ... }, ...)\`, because it validates the saga's input, got ${relative(process.cwd(), fn.entry)} (at ${path})`,
  );
}

function childOf(scope: Construct, id: string): Construct {
  return (scope.node.tryFindChild(id) as Construct | undefined) ?? new Construct(scope, id);
}

function capitalized(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
