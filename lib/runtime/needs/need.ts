import { once } from '../once.js';

/**
 * What a handler asks for, stated once, next to its code: `{ products: table.readWrite }`.
 *
 * The construct that deploys the handler reads this from its source and derives the environment variable and
 * the policy from it; in Lambda the same object turns the environment variable into a client.
 */
export interface Need<Kind extends string = string, Access extends string = string, Client = unknown> {
  readonly kind: Kind;
  readonly access: Access;
  /** Makes the client from the value of the environment variable. */
  readonly connect: (value: string) => Client;
}

// biome-ignore lint/suspicious/noExplicitAny: a need's client is inferred where the need is used.
export type Needs = Readonly<Record<string, Need<string, string, any>>>;

/** The clients that a handler with these needs is called with. */
export type Clients<N extends Needs> = {
  readonly [Name in keyof N]: N[Name] extends Need<string, string, infer Client> ? Client : never;
};

/**
 * The environment variable that carries a binding: `orderLines` of kind `table` is `ORDER_LINES_TABLE`.
 */
export function variableOf(name: string, kind: string): string {
  const words = `${name}_${kind}`.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return words.toUpperCase();
}

/**
 * Makes the clients of all needs from the environment.
 *
 * @throws Error naming every binding that is missing.
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
      `This handler needs ${missing.join(', ')}, which nothing has bound. Deploy it with HandlerFunction or Api and \`bind\`, or give it clients with \`handler.with({ ... })\` in a test.`,
    );
  }
  return clients as Clients<N>;
}

/**
 * The clients of a handler, made once: in Lambda while the function initializes, and elsewhere when they are first
 * wanted. A missing binding fails each call of the handler with its name, and not the initialization: its module may have
 * handlers of other functions, whose needs are bound there and not here.
 */
export function connection<N extends Needs>(needs: N): () => Clients<N> {
  const connected = once(() => connect(needs));
  if (process.env.AWS_LAMBDA_FUNCTION_NAME) {
    try {
      connected();
    } catch {
      // Whoever calls this handler is told.
    }
  }
  return connected;
}
