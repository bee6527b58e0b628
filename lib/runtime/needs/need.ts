import { once } from '../once.js';

/**
 * A resource or value that a handler needs, declared once, next to its code: `{ products: table.readWrite }`.
 *
 * The construct that deploys the handler reads it from the source and derives the environment variable and the policy;
 * in Lambda the same object creates the client from the environment variable.
 */
export interface Need<Kind extends string = string, Access extends string = string, Client = unknown> {
  readonly kind: Kind;
  readonly access: Access;
  /** Creates the client from the value of the environment variable. */
  readonly connect: (value: string) => Client;
}

// biome-ignore lint/suspicious/noExplicitAny: a need's client is inferred where the need is used.
export type Needs = Readonly<Record<string, Need<string, string, any>>>;

/** Clients that a handler gets for its needs. */
export type Clients<N extends Needs> = {
  readonly [Name in keyof N]: N[Name] extends Need<string, string, infer Client> ? Client : never;
};

/** Returns the environment variable of a binding: `orderLines` of kind `table` is `ORDER_LINES_TABLE`. */
export function variableOf(name: string, kind: string): string {
  const words = `${name}_${kind}`.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return words.toUpperCase();
}

/**
 * Creates the clients of all needs from the environment.
 *
 * @throws Error that names every missing binding
 */
export function connect<N extends Needs>(needs: N, environment = process.env): Clients<N> {
  const missing: string[] = [];
  const clients: Record<string, unknown> = {};
  for (const [name, need] of Object.entries(needs)) {
    const variable = variableOf(name, need.kind);
    const value = environment[variable];
    if (value === undefined || value === '') missing.push(`\`${name}\` (environment variable ${variable})`);
    else clients[name] = need.connect(value);
  }
  if (missing.length > 0) {
    throw new Error(
      `This handler has no binding for ${missing.join(', ')}. Deploy it with HandlerFunction or Api and \`bind\`, or pass clients with \`handler.with({ ... })\` in a test.`,
    );
  }
  return clients as Clients<N>;
}

/**
 * Returns a function that creates the clients of a handler once: in Lambda during initialization, elsewhere on the
 * first call. A missing binding fails each call of the handler, and not the initialization: the module may have
 * handlers of other functions, whose needs are bound there.
 */
export function connection<N extends Needs>(needs: N): () => Clients<N> {
  const connected = once(() => connect(needs));
  if (process.env.AWS_LAMBDA_FUNCTION_NAME) {
    try {
      connected();
    } catch {
      // Each call of this handler reports the error.
    }
  }
  return connected;
}
