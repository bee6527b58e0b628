import { relative } from 'node:path';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindables } from '../../bindings/binding.js';
import { definedProps } from '../../construct/defined-props.js';
import { HandlerFunction } from '../../function/handler-function.js';
import { type AnyCode, handlerOf, isExisting, timeoutOf } from '../planned-step.js';
import type { SagaFunctionOptions } from '../saga-types.js';
import type { Invocation } from './machine-plan.js';
import type { Policy } from './retry.js';

/**
 * Before a function runs, Lambda may take ten seconds to initialize it: the state waits longer than both, so that Lambda
 * has always ended the function when its undo begins.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
const LAMBDA_SECONDS = 12;

/** What all functions of a saga share. */
export interface SharedOptions {
  readonly bind: Bindables;
  readonly functions: SagaFunctionOptions;
}

/** The functions of a saga, by the placeholders that stand for them in its definition. */
export class SagaFunctions {
  readonly byPlaceholder = new Map<string, IFunction>();
  private readonly scope: Construct;

  constructor(
    scope: Construct,
    private readonly shared: SharedOptions,
  ) {
    // A scope of their own: a step may be called like anything else in the saga.
    this.scope = new Construct(scope, 'Steps');
  }

  /**
   * Makes the function of a module, or takes the one that exists.
   *
   * @param path as in `['payment', 'card', 'do']`: its id and its placeholder are made of it
   */
  add(path: readonly string[], code: AnyCode, retry: Policy, timeout?: Duration): Invocation {
    const placeholder = path.map((part) => part.replace(/\W/g, '_')).join('_');
    const own = timeoutOf(code, timeout) as Duration;
    const fn = isExisting(code) ? code : this.create(path, code, own);
    if (this.byPlaceholder.has(placeholder)) {
      throw new Error(
        `Two functions would be called ${placeholder}: rename a step or a case (at ${this.scope.node.path})`,
      );
    }
    this.byPlaceholder.set(placeholder, fn);
    return {
      arn: `\${${placeholder}}`,
      seconds: own.toSeconds() + LAMBDA_SECONDS,
      retry,
      isUnchecked: !(fn instanceof HandlerFunction && fn.analysis.kind === 'step'),
    };
  }

  private create(path: readonly string[], code: AnyCode, timeout: Duration): HandlerFunction {
    const { bind, functions } = this.shared;
    const own: SagaFunctionOptions = typeof code === 'object' ? (code as SagaFunctionOptions) : {};
    const scope = path.slice(0, -1).reduce((parent, part) => childOf(parent, capitalized(part)), this.scope);
    return new HandlerFunction(scope, capitalized(path.at(-1) as string), {
      description: path.join(' '),
      ...definedProps(functions),
      ...definedProps(own),
      environment: { ...functions.environment, ...own.environment },
      handler: handlerOf(code) as () => Promise<unknown>,
      bind,
      sharesBindings: true,
      timeout,
      invokedSynchronously: true,
    });
  }
}

/** What the compiler tells users of TypeScript. @throws Error when the module does not check the saga's input */
export function assertChecksInput(fn: IFunction | undefined, name: string, at: string): void {
  if (!(fn instanceof HandlerFunction) || fn.analysis.kind === 'step') return;
  throw new Error(
    `The first step, ${name}, must be a module that calls \`step({ input: ... }, ...)\`, for it checks the saga's input, got ${relative(process.cwd(), fn.entry)} (at ${at})`,
  );
}

function childOf(scope: Construct, id: string): Construct {
  return (scope.node.tryFindChild(id) as Construct | undefined) ?? new Construct(scope, id);
}

function capitalized(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
