import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { entryOf } from '../handler/entry.js';
import type { SagaCall } from './saga-call.js';
import type { NothingModule, SagaCode, StepOptions } from './saga-types.js';

/** Code of a saga, whatever its module is. */
export type AnyCode = SagaCode<unknown> | SagaCall;

/** A step with its name, before validation: users of JavaScript may have passed any value. */
export interface PlannedStep extends StepOptions {
  /** Name of the step; for a case also that of its choice: `payment: card`. */
  readonly name: string;
  readonly do: AnyCode;
  readonly undo?: AnyCode | undefined;
}

/** Code of a case without a step: `free: { do: nothing }`. */
export const nothing = (): Promise<NothingModule> => Promise.reject(new Error('There is nothing to run'));

/**
 * Creates a step and records the locations of its modules, which are relative to the calling file: the construct may be
 * created in another one.
 *
 * @throws Error if a module is not found
 */
export function plannedStep(name: string, step: object): PlannedStep {
  const codes = step as Omit<PlannedStep, 'name'>;
  for (const part of ['do', 'undo'] as const) locate(codes?.[part], `\`${part}\` of the step ${name}`);
  return { ...codes, name };
}

/** Creates the steps of a group. */
export function plannedSteps(steps: object, prefix = ''): Record<string, PlannedStep> {
  const entries: [string, object][] = Object.entries(steps ?? {});
  return Object.fromEntries(entries.map(([name, step]) => [name, plannedStep(prefix + name, step)]));
}

/** Returns the function that imports the module; undefined for an existing function. */
export function handlerOf(code: AnyCode | undefined): (() => Promise<unknown>) | undefined {
  if (typeof code === 'function') return code;
  if (typeof code !== 'object' || code === null || !('handler' in code)) return undefined;
  return typeof code.handler === 'function' ? code.handler : undefined;
}

export function isCall(code: AnyCode | undefined): code is SagaCall {
  return typeof code === 'object' && code !== null && 'function' in code;
}

/** Returns the existing function of the code, also of a call; undefined for a module. */
export function existingOf(code: AnyCode | undefined): IFunction | undefined {
  const fn = isCall(code) ? code.function : code;
  return typeof fn === 'object' && fn !== null && 'functionArn' in fn ? fn : undefined;
}

/** Default timeout, longer than a step's own calls should take. */
const TIMEOUT = Duration.seconds(10);

/** Returns the timeout of a step's function. @returns undefined for an imported function, whose timeout is unknown */
export function timeoutOf(code: AnyCode, override: Duration | undefined): Duration | undefined {
  if (override) return override;
  const existing = existingOf(code);
  return existing ? knownTimeout(existing) : TIMEOUT;
}

/** Returns the timeout of an existing function. */
export function knownTimeout(fn: IFunction): Duration | undefined {
  if (!(fn instanceof LambdaFunction)) return undefined;
  // Lambda's own default. https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
  return fn.timeout ?? Duration.seconds(3);
}

function locate(code: AnyCode | undefined, label: string): void {
  const handler = handlerOf(code);
  if (!handler || handler === nothing) return;
  try {
    entryOf(handler);
  } catch (error) {
    throw new Error(`${label}: ${(error as Error).message}`, { cause: error });
  }
}
