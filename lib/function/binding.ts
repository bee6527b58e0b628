import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { type Need, variableOf } from '../runtime/need.js';
import type { Bindable } from './bindings/binding.js';
import { bucketBinding } from './bindings/bucket.js';
import { invokeBinding, workflowBinding } from './bindings/compute.js';
import { parameterBinding, secretBinding, valueBinding } from './bindings/configuration.js';
import { busBinding, queueBinding, topicBinding } from './bindings/messaging.js';
import { tableBinding } from './bindings/table.js';
import { usersBinding } from './bindings/users.js';

export type { Bindable, Binding } from './bindings/binding.js';
export { tableBinding } from './bindings/table.js';

/** CDK's own resources that a need of a kind can be bound to, besides the constructs of this library. */
interface Resources {
  readonly bucket: IBucket;
  readonly bus: IEventBus;
  readonly invoke: IFunction;
  readonly number: number;
  readonly parameter: IParameter;
  readonly queue: IQueue;
  readonly secret: ISecret;
  readonly table: ITable;
  readonly text: string;
  readonly topic: ITopic;
  readonly users: IUserPool;
  readonly workflow: IStateMachine;
}

/** How each is recognized, and bound. */
const RESOURCES: readonly [property: string, bind: (resource: never) => Bindable][] = [
  ['tableArn', tableBinding],
  ['queueArn', queueBinding],
  ['eventBusArn', busBinding],
  ['topicArn', topicBinding],
  ['bucketArn', bucketBinding],
  ['secretArn', secretBinding],
  ['parameterArn', parameterBinding],
  ['functionArn', invokeBinding],
  ['stateMachineArn', workflowBinding],
  ['userPoolArn', usersBinding],
];

/** What can be bound to a need of a kind: a construct of this library, or CDK's own resource. */
export type BindableOf<Kind extends string> =
  | Bindable<Kind>
  | (Kind extends keyof Resources ? Resources[Kind] : never);

/** Bindings by the names that handlers gave their needs. */
export type Bindables = Readonly<Record<string, Bindable | Resources[keyof Resources]>>;

/** The needs of a module's handler; none of a plain handler. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is the type without members that `keyof` makes `never` of.
export type NeedsOf<Module> = Module extends { readonly handler: { readonly needs: infer N } } ? N : {};

/** The bindings that a module's handler asks for. */
export type BindOf<Module> = {
  readonly [Name in keyof NeedsOf<Module>]: BoundTo<NeedsOf<Module>[Name]>;
};

/** A function is bound to the need of its own module only, where its module is known. */
type BoundTo<N> =
  N extends Need<'invoke', string, { readonly module?: infer Module }>
    ? Bindable<'invoke'> | (IFunction & { readonly module?: Module })
    : // biome-ignore lint/suspicious/noExplicitAny: the client of another need does not matter here.
      N extends Need<infer Kind, string, any>
      ? BindableOf<Kind>
      : never;

type NotBound<N, B> = {
  [Name in keyof N]: Name extends keyof B ? (B[Name] extends BoundTo<N[Name]> ? never : Name) : Name;
}[keyof N];

/** `unknown` if the bindings, which other handlers may share, satisfy the module's needs; else a type that names the rest. */
export type BindCheck<Module, B> = [NotBound<NeedsOf<Module>, B>] extends [never]
  ? unknown
  : { readonly 'not bound, or to the wrong kind': NotBound<NeedsOf<Module>, B> };

/** What can be bound, as the library sees it. @returns undefined when it is nothing of the sort */
export function asBindable(value: unknown): Bindable | undefined {
  if (typeof value === 'string') return valueBinding('text', value);
  if (typeof value === 'number') return valueBinding('number', value);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('bindingKind' in value && 'bindingFor' in value) return value as Bindable;
  return RESOURCES.find(([property]) => property in value)?.[1](value as never);
}

/**
 * Binds resources to a function that is not a NodeFunction: its environment and its role get what a handler with
 * such needs expects.
 *
 * @throws Error when something cannot be bound, or not with this access
 * @example
 * import { bindTo } from 'cdk-trellis';
 *
 * bindTo(anyFunction, { orders: { to: ordersTable, access: 'read' } });
 */
export function bindTo(
  target: LambdaFunction,
  bindings: Readonly<Record<string, { readonly to: Bindables[string]; readonly access: string }>>,
): void {
  for (const [name, { to, access }] of Object.entries(bindings)) {
    const bindable = asBindable(to);
    if (!bindable) throw new Error(`\`${name}\` cannot be bound (at ${target.node.path})`);
    const { value, statements } = bindable.bindingFor(access);
    target.addEnvironment(variableOf(name, bindable.bindingKind), value);
    for (const statement of statements) target.addToRolePolicy(statement);
  }
}
