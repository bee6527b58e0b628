import type { HttpResponse } from './message.js';

/** Environment variable with the CORS settings of `Api`, as JSON. */
export const CORS_VARIABLE = 'API_CORS';

/** Origins that may call an API from a browser, and the headers they may read. */
export interface CorsSettings {
  /** Allowed origins, for example `https://shop.example.com`; `*` alone allows every origin. */
  readonly origins: readonly string[];
  readonly credentials: boolean;
  /** Response headers that scripts may read, in addition to the CORS-safelisted ones. */
  readonly exposeHeaders: readonly string[];
}

/**
 * Adds the CORS headers to a response. Without settings in the environment, no other origin may read it.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function withCors(
  response: HttpResponse,
  origin: string | undefined,
  settings = deployedSettings(),
): HttpResponse {
  if (!settings) return response;
  const { origins, credentials, exposeHeaders } = settings;
  const isOpen = origins.includes('*');
  const allowed = isOpen ? '*' : origins.find((candidate) => candidate === origin);
  const { vary } = response.headers;
  return {
    ...response,
    headers: {
      ...response.headers,
      // A cache must not serve the response for one origin to another.
      ...(!isOpen && { vary: vary ? `${vary}, origin` : 'origin' }),
      ...(allowed && {
        'access-control-allow-origin': allowed,
        ...(credentials && { 'access-control-allow-credentials': 'true' }),
        ...(exposeHeaders.length > 0 && { 'access-control-expose-headers': exposeHeaders.join(', ') }),
      }),
    },
  };
}

let deployed: { readonly settings?: CorsSettings } | undefined;

/** Returns the settings of the environment, read once: reading `process.env` takes longer than the rest of `withCors`. */
function deployedSettings(): CorsSettings | undefined {
  if (!deployed) {
    const value = process.env[CORS_VARIABLE];
    deployed = value ? { settings: JSON.parse(value) } : {};
  }
  return deployed.settings;
}
