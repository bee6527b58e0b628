import type { SagaCall } from '../saga-call.js';
import type { Policy } from './retry.js';

/** A function that the state machine invokes. */
export interface Invocation {
  /** Placeholder of its ARN, as in `${Do_reserve}`. */
  readonly arn: string;
  /** Timeout in Step Functions: longer than that of Lambda. */
  readonly seconds: number;
  readonly retry: Policy;
  /** True if the function does not check the size of the context with its result. @default false */
  readonly isUnchecked?: boolean;
  /** Event and refusals of a function that does not know the saga. @default - its event is the context */
  readonly call?: Pick<SagaCall, 'input' | 'refused'>;
}

/** A step with its functions. */
export interface MachineStep {
  /** Key of its result in the context. */
  readonly key: string;
  /** Name of its state. */
  readonly title: string;
  readonly do: Invocation;
  readonly undo: Invocation | undefined;
}

export interface MachineCase extends Omit<MachineStep, 'do'> {
  readonly value: string;
  /** @default - the case has no step */
  readonly do: Invocation | undefined;
}

export type MachineNode =
  | { readonly kind: 'step'; readonly steps: readonly [MachineStep] }
  | { readonly kind: 'callback'; readonly steps: readonly [MachineStep]; readonly seconds: number }
  | { readonly kind: 'parallel'; readonly steps: readonly MachineStep[] }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly on: string;
      readonly steps: readonly MachineCase[];
    };

export interface MachinePlan {
  readonly nodes: readonly MachineNode[];
  readonly cancelled: Invocation | undefined;
  readonly onOutcome: Invocation | undefined;
  readonly isExpress: boolean;
}

/** A state of the Amazon States Language. */
export type State = Readonly<Record<string, unknown>>;
export type States = Readonly<Record<string, State>>;
export type Entry = readonly [name: string, state: State];

/** Placeholder of the queue of executions that wait for a person. */
export const WAITING_QUEUE = '${Waiting}';

/**
 * Placeholders of the optimized integrations of Step Functions. Each is a whole value: a linter of definitions then
 * recognizes a placeholder, and does not report `arn:${Partition}:states:::` as an invalid ARN.
 */
export const INTEGRATIONS = {
  Invoke: 'lambda:invoke',
  InvokeAndWait: 'lambda:invoke.waitForTaskToken',
  SendMessage: 'sqs:sendMessage',
  SendMessageAndWait: 'sqs:sendMessage.waitForTaskToken',
} as const;

export const integration = (name: keyof typeof INTEGRATIONS) => `\${${name}}`;
