import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayTokenAuthorizerEvent,
  Context,
} from 'aws-lambda';
import * as z from 'zod';
import type { ContextOf, LambdaAuth } from '../../contract/auth.js';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

export type AuthorizerEvent = APIGatewayTokenAuthorizerEvent | APIGatewayRequestAuthorizerEvent;

/** What an authorizer is asked about. */
export interface AuthorizerRequest {
  /** The credentials in the header, without the word `Bearer`; `undefined` when there are none. */
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
 * What an authorizer answers: who the caller is and what handlers are told of them, `'forbidden'` (403) for somebody
 * who may not call the API, or `'unauthorized'` (401) for nobody it knows.
 */
export type Verdict<A extends LambdaAuth> =
  | 'forbidden'
  | 'unauthorized'
  | {
      /** Who the caller is, for logs. Never a secret. */
      readonly principalId: string;
      readonly context: ContextOf<A>;
    };

/** The Lambda handler of an authorizer. */
export interface AuthorizerHandler<A extends LambdaAuth, N extends Needs> {
  (event: AuthorizerEvent, context: Context): Promise<APIGatewayAuthorizerResult>;
  readonly authorizes: A;
  readonly needs: N;
  /** The same handler with clients of your own, for unit tests. */
  with(
    clients: Clients<N>,
  ): (event: AuthorizerEvent, context?: Context) => Promise<APIGatewayAuthorizerResult>;
}

/**
 * Implements a Lambda authorizer: it says who may call the operations whose `auth` it is.
 *
 * Its answer holds for all of the API's operations with this authorizer, and as long as `cache` says: it must depend
 * on nothing but the token or, with type `request`, on the identity sources. An error of its own is logged, and the
 * caller gets a 500: who cannot be checked does not pass.
 *
 * The needs must be an object literal: the construct that deploys the handler reads them from the source.
 *
 * @example
 * import * as z from 'zod';
 * import { authorizer, secret } from 'cdk-trellis/runtime';
 *
 * // Belongs into the contract: `auth: partners` on each operation for partners.
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

  async function answer(event: AuthorizerEvent, given: () => Clients<N>) {
    const verdict = await attempt(async () => {
      const found = await decide(requestOf(event), given());
      return typeof found === 'string' ? found : { ...found, context: schema.parse(found.context) };
    });
    // API Gateway answers 401 for this very message, and 500 for every other one.
    if (verdict === 'unauthorized') throw new Error('Unauthorized');
    const resource = `${event.methodArn.split('/').slice(0, 2).join('/')}/*`;
    return verdict === 'forbidden'
      ? policy('nobody', 'Deny', resource)
      : { ...policy(verdict.principalId, 'Allow', resource), context: passedOn(verdict.context) };
  }

  async function attempt<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      logger().error('The authorizer failed', { error: error as Error, authorizer: auth.authorizer });
      throw new Error('The authorizer failed');
    }
  }

  const answered = (event: AuthorizerEvent, context: Context | undefined, given: () => Clients<N>) =>
    invoked(context, undefined, () => answer(event, given));

  return Object.assign((event: AuthorizerEvent, context: Context) => answered(event, context, connected), {
    authorizes: auth,
    needs,
    with: (own: Clients<N>) => (event: AuthorizerEvent, context?: Context) =>
      answered(event, context, () => own),
  });
}

function requestOf(event: AuthorizerEvent): AuthorizerRequest {
  if (event.type === 'TOKEN') return { token: bearer(event.authorizationToken), headers: {}, query: {} };
  const headers = Object.fromEntries(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']),
  );
  const query = Object.fromEntries(
    Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, value ?? '']),
  );
  return {
    token: bearer(headers.authorization),
    headers,
    query,
    method: event.httpMethod,
    path: event.path,
  };
}

function bearer(header: string | undefined): string | undefined {
  return header?.replace(/^Bearer\s+/i, '') || undefined;
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

/** API Gateway takes no other values, and none that are undefined. */
function passedOn(context: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | number | boolean
  >;
}
