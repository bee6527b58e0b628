import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type Need, variableOf } from '../runtime/need.js';

/** What a binding gives a function: the value of its environment variable, and permissions. */
export interface Binding {
  readonly value: string;
  readonly statements: PolicyStatement[];
}

/** Something that a handler's need can be bound to. */
export interface Bindable<Kind extends string = string> {
  /** The kind of need that it satisfies: `table` for `table.read`. */
  readonly bindingKind: Kind;
  /** @throws Error when there is no such access */
  bindingFor(access: string): Binding;
}

/** What can be bound to a need of a kind: a construct of this library, or CDK's own resource. */
export type BindableOf<Kind extends string> = Bindable<Kind> | (Kind extends 'table' ? ITable : never);

/** Bindings by the names that handlers gave their needs. */
export type Bindables = Readonly<Record<string, Bindable | ITable>>;

/** The needs of a module's handler; none of a plain handler. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is the type without members that `keyof` makes `never` of.
export type NeedsOf<Module> = Module extends { readonly handler: { readonly needs: infer N } } ? N : {};

/** The bindings that a module's handler asks for. */
export type BindOf<Module> = {
  readonly [Name in keyof NeedsOf<Module>]: BoundTo<NeedsOf<Module>[Name]>;
};

// biome-ignore lint/suspicious/noExplicitAny: the client of a need does not matter here.
type BoundTo<N> = N extends Need<infer Kind, string, any> ? BindableOf<Kind> : never;

type NotBound<N, B> = {
  [Name in keyof N]: Name extends keyof B ? (B[Name] extends BoundTo<N[Name]> ? never : Name) : Name;
}[keyof N];

/** `unknown` if the bindings, which other handlers may share, satisfy the module's needs; else a type that names the rest. */
export type BindCheck<Module, B> = [NotBound<NeedsOf<Module>, B>] extends [never]
  ? unknown
  : { readonly 'not bound, or to the wrong kind': NotBound<NeedsOf<Module>, B> };

const READ = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'];
const ACCESSES: Readonly<Record<string, { read: boolean; write: boolean }>> = {
  read: { read: true, write: false },
  write: { read: false, write: true },
  readWrite: { read: true, write: true },
};

/**
 * Binds a DynamoDB table.
 *
 * @param indexes the names of its indexes; without them the policy names all indexes of the table
 */
export function tableBinding(table: ITable, indexes?: readonly string[]): Bindable<'table'> {
  return {
    bindingKind: 'table',
    bindingFor(access) {
      const { read, write } = known(ACCESSES, access, 'table');
      const { tableArn, encryptionKey } = table;
      const indexArns = (indexes ?? ['*']).map((name) => `${tableArn}/index/${name}`);
      // DynamoDB uses the caller's permission on a customer-managed key:
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
      const keyActions = ['kms:Decrypt', ...(write ? ['kms:GenerateDataKey'] : [])];
      return {
        value: table.tableName,
        statements: [
          ...(read ? [allow(prefixed(READ), [tableArn, ...indexArns])] : []),
          ...(write ? [allow(prefixed(WRITE), [tableArn])] : []),
          ...(encryptionKey ? [allow(keyActions, [encryptionKey.keyArn])] : []),
        ],
      };
    },
  };
}

/** What can be bound, as the library sees it. @returns undefined when it is nothing of the sort */
export function asBindable(value: unknown): Bindable | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('bindingKind' in value && 'bindingFor' in value) return value as Bindable;
  return 'tableArn' in value && 'tableName' in value ? tableBinding(value as ITable) : undefined;
}

/**
 * Binds resources to a function that is not a NodeFunction: its environment and its role get what a handler with
 * such needs expects.
 *
 * @example
 * import { bindTo } from 'cdk-trellis';
 *
 * bindTo(anyFunction, { orders: { to: ordersTable, access: 'read' } });
 */
export function bindTo(
  target: LambdaFunction,
  bindings: Readonly<Record<string, { readonly to: Bindable | ITable; readonly access: string }>>,
): void {
  for (const [name, { to, access }] of Object.entries(bindings)) {
    const bindable = asBindable(to);
    if (!bindable) throw new Error(`\`${name}\` cannot be bound (at ${target.node.path})`);
    const { value, statements } = bindable.bindingFor(access);
    target.addEnvironment(variableOf(name, bindable.bindingKind), value);
    for (const statement of statements) target.addToRolePolicy(statement);
  }
}

function known<Value>(values: Readonly<Record<string, Value>>, access: string, kind: string): Value {
  const value = values[access];
  if (value !== undefined) return value;
  throw new Error(`the access to a ${kind} must be one of ${Object.keys(values).join(', ')}, got ${access}`);
}

function prefixed(actions: readonly string[]): string[] {
  return actions.map((action) => `dynamodb:${action}`);
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
