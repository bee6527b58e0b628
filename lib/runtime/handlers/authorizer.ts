import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayTokenAuthorizerEvent,
  Context,
} from 'aws-lambda';
import * as z from 'zod';
import type { ContextOf, LambdaAuth } from '../../contract/auth.js';
import { bearerToken } from '../../http/bearer-token.js';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

export type AuthorizerEvent = APIGatewayTokenAuthorizerEvent | APIGatewayRequestAuthorizerEvent;

/** Request to authorize. */
export interface AuthorizerRequest {
  /** Credentials of the `Authorization` header without the word `Bearer`; `undefined` without credentials. */
  readonly token: string | undefined;
  /** Names in lower case. Only an authorizer of type `request` gets them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The last value of each query parameter. Only an authorizer of type `request` gets them. */
  readonly query: Readonly<Record<string, string>>;
  /** The method of the request. Only an authorizer of type `request` gets it. */
  readonly method?: string;
  /** The path of the request. Only an authorizer of type `request` gets it. */
  readonly path?: string;
}

/**
 * Decision of an authorizer: the caller's identity and the context for the handlers, `'forbidden'` (403) for a caller
 * who may not call the API, or `'unauthorized'` (401) for an unknown caller.
 */
export type Verdict<A extends LambdaAuth> =
  | 'forbidden'
  | 'unauthorized'
  | {
      /** Identity of the caller, for logs. Never a secret. */
      readonly principalId: string;
      readonly context: ContextOf<A>;
    };

/** The Lambda handler of an authorizer. */
export interface AuthorizerHandler<A extends LambdaAuth, N extends Needs> {
  (event: AuthorizerEvent, context: Context): Promise<APIGatewayAuthorizerResult>;
  readonly authorizes: A;
  readonly needs: N;
  /** Returns the handler with the given clients, for unit tests. */
  with(
    clients: Clients<N>,
  ): (event: AuthorizerEvent, context?: Context) => Promise<APIGatewayAuthorizerResult>;
}

/**
 * Implements a Lambda authorizer: it decides who may call the operations that have it as their `auth`.
 *
 * API Gateway applies the decision to all of the API's operations with this authorizer, for the time of `cache`. It
 * must therefore depend only on the token or, with type `request`, on the identity sources. An error is logged, and the
 * caller gets a 500.
 *
 * The needs must be an object literal: the construct that deploys the handler reads them from the source.
 *
 * @example
 * import * as z from 'zod';
 * import { authorizer, secret } from 'cdk-trellis/runtime';
 * // Belongs in the contract: `auth: partners` on each operation for partners.
 * const partners = { authorizer: 'partners', context: z.object({ partnerId: z.string() }) } as const;
 *
 * export const handler = authorizer(partners, { keys: secret.read }, async ({ token }, { keys }) => {
 *   const partnerId = token && JSON.parse(await keys.value())[token];
 *   return partnerId ? { principalId: partnerId, context: { partnerId } } : 'unauthorized';
 * });
 */
export function authorizer<const A extends LambdaAuth, const N extends Needs>(
  auth: A,
  needs: N,
  decide: (request: AuthorizerRequest, clients: Clients<N>) => Promise<Verdict<A>>,
): AuthorizerHandler<A, N> {
  const connected = connection(needs);
  const schema = (auth.context ?? z.object({})).strict();

  async function respond(event: AuthorizerEvent, clients: () => Clients<N>) {
    const verdict = await attempt(async () => {
      const decision = await decide(requestOf(event), clients());
      return typeof decision === 'string'
        ? decision
        : { ...decision, context: schema.parse(decision.context) };
    });
    // API Gateway returns 401 for exactly this message, and 500 for every other one.
    if (verdict === 'unauthorized') throw new Error('Unauthorized');
    const resource = `${event.methodArn.split('/').slice(0, 2).join('/')}/*`;
    return verdict === 'forbidden'
      ? policy('anonymous', 'Deny', resource)
      : { ...policy(verdict.principalId, 'Allow', resource), context: definedValues(verdict.context) };
  }

  async function attempt<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      logger().error('The authorizer failed', { error: error as Error, authorizer: auth.authorizer });
      throw new Error('The authorizer failed');
    }
  }

  const invoke = (event: AuthorizerEvent, context: Context | undefined, clients: () => Clients<N>) =>
    invoked(context, undefined, () => respond(event, clients));

  return Object.assign((event: AuthorizerEvent, context: Context) => invoke(event, context, connected), {
    authorizes: auth,
    needs,
    with: (clients: Clients<N>) => (event: AuthorizerEvent, context?: Context) =>
      invoke(event, context, () => clients),
  });
}

function requestOf(event: AuthorizerEvent): AuthorizerRequest {
  if (event.type === 'TOKEN') return { token: bearerToken(event.authorizationToken), headers: {}, query: {} };
  const headers = Object.fromEntries(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']),
  );
  const query = Object.fromEntries(
    Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, value ?? '']),
  );
  return {
    token: bearerToken(headers.authorization),
    headers,
    query,
    method: event.httpMethod,
    path: event.path,
  };
}

function policy(principalId: string, Effect: 'Allow' | 'Deny', Resource: string): APIGatewayAuthorizerResult {
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }],
    },
  };
}

/** Returns the defined values of a context: API Gateway rejects undefined ones. */
function definedValues(context: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | number | boolean
  >;
}
