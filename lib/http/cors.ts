import type { HttpResponse } from './message.js';

/** The environment variable with what `Api` says of other origins, as JSON. */
export const CORS_VARIABLE = 'API_CORS';

/** Which pages of other origins may call an API. */
export interface CorsSettings {
  /** As in `https://shop.example.com`, or `*` alone for every origin. */
  readonly origins: readonly string[];
  readonly credentials: boolean;
  /** Headers of replies that scripts may read, besides the few that every script may. */
  readonly exposeHeaders: readonly string[];
}

/**
 * The reply with what a browser wants to see before it lets a page of another origin read it. What is not in the
 * environment is not allowed.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function withCors(
  reply: HttpResponse,
  origin: string | undefined,
  settings = deployed().settings,
): HttpResponse {
  if (!settings) return reply;
  const { origins, credentials, exposeHeaders } = settings;
  const isOpen = origins.includes('*');
  const allowed = isOpen ? '*' : origins.find((one) => one === origin);
  const { vary } = reply.headers;
  return {
    ...reply,
    headers: {
      ...reply.headers,
      // A cache must not answer one origin with what is for another.
      ...(!isOpen && { vary: vary ? `${vary}, origin` : 'origin' }),
      ...(allowed && {
        'access-control-allow-origin': allowed,
        ...(credentials && { 'access-control-allow-credentials': 'true' }),
        ...(exposeHeaders.length > 0 && { 'access-control-expose-headers': exposeHeaders.join(', ') }),
      }),
    },
  };
}

let deployedSettings: { readonly value: CorsSettings | undefined } | undefined;

/** Returns the settings of the environment, read once: a look-up takes longer than all else that is done here. */
function deployed(): { readonly settings: CorsSettings | undefined } {
  const value = deployedSettings ? undefined : process.env[CORS_VARIABLE];
  deployedSettings ??= { value: value ? JSON.parse(value) : undefined };
  return { settings: deployedSettings.value };
}
