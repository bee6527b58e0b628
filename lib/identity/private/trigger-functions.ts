import { relative } from 'node:path';
import { LambdaVersion, type UserPool, UserPoolOperation } from 'aws-cdk-lib/aws-cognito';
import { type IRole, Policy } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindable, Bindables } from '../../bindings/binding.js';
import { users } from '../../bindings/kinds/users.js';
import { definedProps } from '../../construct/defined-props.js';
import { HandlerFunction } from '../../function/handler-function.js';
import { warnOfUnneeded } from '../../function/unneeded-bindings.js';
import { entryOf } from '../../handler/entry.js';
import { exportNameOf } from '../../handler/export-name.js';
import { HandlerSources } from '../../handler/handler-sources.js';
import type { DeclaredNeed } from '../../handler/needs.js';
import { EVENT_USER_POOL } from '../../runtime/event-user-pool.js';
import type { TriggerName } from '../../runtime/handlers/trigger.js';
import type { AnyTriggers, TriggerOptions } from '../triggers.js';

/**
 * Time that Cognito waits. https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
const MAX_TIMEOUT = Duration.seconds(5);

/** A configured trigger. */
interface Trigger {
  readonly name: TriggerName;
  readonly handler: () => Promise<unknown>;
  readonly options: TriggerOptions;
}

/**
 * Creates the functions of a pool's triggers.
 *
 * @throws Error when a module is made for another trigger or another kind of source, or its timeout is too long
 */
export function createTriggers(
  parent: Construct,
  pool: UserPool,
  { triggers = {}, bind = {} }: AnyTriggers,
): Record<string, HandlerFunction> {
  const all = Object.entries(triggers).map(([name, code]): Trigger => {
    const { handler, ...options } = typeof code === 'function' ? { handler: code } : code;
    return { name: name as TriggerName, handler, options };
  });
  if (all.length === 0) return {};
  const scope = new Construct(parent, 'Triggers');
  const functions = all.map((trigger) => [trigger.name, createTrigger(scope, pool, trigger, bind)] as const);
  warnOfUnneeded(
    parent,
    bind,
    functions.map(([, fn]) => fn),
  );
  return Object.fromEntries(functions);
}

function createTrigger(scope: Construct, pool: UserPool, one: Trigger, bind: Bindables): HandlerFunction {
  const { name, handler, options } = one;
  const at = `(at ${scope.node.path})`;
  const known = OPERATIONS[name];
  if (!known) {
    const names = Object.keys(OPERATIONS).join(', ');
    throw new Error(`\`triggers\` must be of ${names}, got ${name} ${at}`);
  }
  if (
    options.timeout &&
    !options.timeout.isUnresolved() &&
    options.timeout.toSeconds() > MAX_TIMEOUT.toSeconds()
  ) {
    throw new Error(
      `\`triggers.${name}.timeout\` must be at most 5 seconds, for Cognito waits no longer, got ${options.timeout.toHumanString()} ${at}`,
    );
  }
  const own = new OwnUsers(pool);
  const fn = new HandlerFunction(scope, `${name[0]!.toUpperCase()}${name.slice(1)}`, {
    description: `${name} of ${scope.node.path}`,
    timeout: MAX_TIMEOUT,
    ...definedProps(options),
    handler,
    bind: { ...own.forNeedsOf(scope, handler), ...bind },
    sharesBindings: true,
    invokedSynchronously: true,
  });
  const error = handlerError(fn, name);
  if (error) throw new Error(`${error} ${at}`);
  pool.addTrigger(known.operation, fn, known.version);
  own.grantTo(fn);
  return fn;
}

/** Returns the error for a module made for another source, which the compiler reports to users of TypeScript. */
function handlerError(fn: HandlerFunction, name: TriggerName): string | undefined {
  const { analysis } = fn;
  const { kind } = analysis;
  const trigger = kind === 'trigger' ? analysis.trigger : undefined;
  if (kind === 'plain' || kind === 'handle' || kind === 'authorizer' || trigger === name) return undefined;
  const made = kind === 'trigger' ? `\`trigger(${trigger ? `'${trigger}'` : '...'}, ...)\`` : `\`${kind}\``;
  const file = relative(process.cwd(), fn.entry);
  return `\`triggers.${name}\` must be a module that calls \`trigger('${name}', ...)\`, or a plain one, got one made with ${made} in ${file}`;
}

/**
 * The pool as a binding of its own triggers. The pool refers to the functions, so that neither they nor their roles can
 * refer to the pool: its id comes with each event, and the permission is in a policy of its own.
 */
class OwnUsers {
  private readonly accesses = new Set<string>();

  constructor(private readonly pool: UserPool) {}

  forNeedsOf(scope: Construct, handler: () => Promise<unknown>): Bindables {
    const names = needsOf(scope, handler).filter(({ kind }) => kind === 'users');
    return Object.fromEntries(names.map(({ name }) => [name, this.bindable()]));
  }

  grantTo(fn: HandlerFunction): void {
    const pool = users.bind(this.pool);
    const statements = [...this.accesses].flatMap((access) => pool.bindingFor(access).statements);
    if (statements.length === 0) return;
    new Policy(fn, 'OwnUsers', { statements }).attachToRole(fn.role as IRole);
  }

  private bindable(): Bindable<'users'> {
    const pool = users.bind(this.pool);
    return {
      ...pool,
      bindingFor: (access) => {
        pool.bindingFor(access);
        const granted = () => void this.accesses.add(access);
        return { value: EVENT_USER_POOL, statements: [], granted };
      },
    };
  }
}

/** Returns a handler's needs; empty for an unreadable module, whose error is thrown when its function is created. */
function needsOf(scope: Construct, handler: () => Promise<unknown>): readonly DeclaredNeed[] {
  try {
    return HandlerSources.of(scope).analyze(entryOf(handler), exportNameOf(handler)).needs;
  } catch {
    return [];
  }
}

const OPERATIONS: Readonly<
  Record<TriggerName, { readonly operation: UserPoolOperation; readonly version?: LambdaVersion }>
> = {
  preSignUp: { operation: UserPoolOperation.PRE_SIGN_UP },
  postConfirmation: { operation: UserPoolOperation.POST_CONFIRMATION },
  preAuthentication: { operation: UserPoolOperation.PRE_AUTHENTICATION },
  postAuthentication: { operation: UserPoolOperation.POST_AUTHENTICATION },
  // This version's response also changes access tokens, which APIs read.
  preTokenGeneration: {
    operation: UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
    version: LambdaVersion.V2_0,
  },
  customMessage: { operation: UserPoolOperation.CUSTOM_MESSAGE },
  userMigration: { operation: UserPoolOperation.USER_MIGRATION },
  defineAuthChallenge: { operation: UserPoolOperation.DEFINE_AUTH_CHALLENGE },
  createAuthChallenge: { operation: UserPoolOperation.CREATE_AUTH_CHALLENGE },
  verifyAuthChallengeResponse: { operation: UserPoolOperation.VERIFY_AUTH_CHALLENGE_RESPONSE },
};
