import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { entryOf } from '../handler/entry.js';
import type { NothingModule, SagaCode, StepOptions } from './saga-types.js';

/** Code of a saga, whatever its module is. */
export type AnyCode = SagaCode<unknown>;

/** A step as it was given; users of JavaScript may have given anything. */
export interface PlannedStep extends StepOptions {
  /** The name of the step; of a case, with that of its choice: `payment: card`. */
  readonly name: string;
  readonly do: AnyCode;
  readonly undo?: AnyCode | undefined;
}

/** Code of a case in which nothing is to be done: `free: { do: nothing }`. */
export const nothing = (): Promise<NothingModule> => Promise.reject(new Error('There is nothing to run'));

/**
 * Notes what a step is made of, and where its modules are: that is read from the file which calls this, and the
 * construct may be made from another one.
 *
 * @throws Error when a module cannot be found
 */
export function plannedStep(name: string, step: Omit<PlannedStep, 'name'>): PlannedStep {
  for (const part of ['do', 'undo'] as const) locate(step?.[part], `\`${part}\` of the step ${name}`);
  return { ...step, name };
}

/** Several of them. */
export function plannedSteps(steps: object, prefix = ''): Record<string, PlannedStep> {
  const entries: [string, Omit<PlannedStep, 'name'>][] = Object.entries(steps ?? {});
  return Object.fromEntries(entries.map(([name, step]) => [name, plannedStep(prefix + name, step)]));
}

/** What says where the module is; nothing of a function that exists. */
export function handlerOf(code: AnyCode | undefined): (() => Promise<unknown>) | undefined {
  if (typeof code === 'function') return code;
  if (typeof code !== 'object' || code === null || !('handler' in code)) return undefined;
  return typeof code.handler === 'function' ? code.handler : undefined;
}

export function isExisting(code: AnyCode | undefined): code is IFunction {
  return typeof code === 'object' && code !== null && 'functionArn' in code;
}

/** Longer than a step's own calls should take. */
const TIMEOUT = Duration.seconds(10);

/** The timeout of a step's function. @returns undefined when it must be given: that of an imported function is not known */
export function timeoutOf(code: AnyCode, own: Duration | undefined): Duration | undefined {
  if (own) return own;
  return isExisting(code) ? knownTimeout(code) : TIMEOUT;
}

/** The timeout that an existing function has. */
export function knownTimeout(code: AnyCode): Duration | undefined {
  if (!(code instanceof LambdaFunction)) return undefined;
  // Lambda's own default. https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
  return code.timeout ?? Duration.seconds(3);
}

function locate(code: AnyCode | undefined, what: string): void {
  const handler = handlerOf(code);
  if (!handler || handler === nothing) return;
  try {
    entryOf(handler);
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}
