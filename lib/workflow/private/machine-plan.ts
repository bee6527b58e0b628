import type { Policy } from './retry.js';

/** A function that the state machine invokes. */
export interface Invocation {
  /** The placeholder of its ARN, as in `${Do_reserve}`. */
  readonly arn: string;
  /** When Step Functions gives it up: after Lambda has. */
  readonly seconds: number;
  readonly retry: Policy;
  /** Whether nothing in the function checks how large the context is with its result. @default false */
  readonly isUnchecked?: boolean;
}

/** A step with its functions. */
export interface MachineStep {
  /** Under what its result stands in the context. */
  readonly key: string;
  /** The name of its state. */
  readonly title: string;
  readonly do: Invocation;
  readonly undo: Invocation | undefined;
}

export interface MachineCase extends Omit<MachineStep, 'do'> {
  readonly value: string;
  /** @default - nothing is to be done */
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

/** The placeholder of the queue where executions wait for a person. */
export const WAITING_QUEUE = '${Waiting}';

/**
 * The placeholders of what Step Functions calls by itself. Each is a whole value: a linter of definitions knows it for a
 * placeholder then, and takes `arn:${Partition}:states:::` for no ARN.
 */
export const INTEGRATIONS = {
  Invoke: 'lambda:invoke',
  InvokeAndWait: 'lambda:invoke.waitForTaskToken',
  SendMessage: 'sqs:sendMessage',
  SendMessageAndWait: 'sqs:sendMessage.waitForTaskToken',
} as const;

export const integration = (name: keyof typeof INTEGRATIONS) => `\${${name}}`;
