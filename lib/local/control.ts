import { assertLoopback } from './environment.js';
import type { Instance } from './instance.js';

export interface ControlRequest {
  readonly method?: 'GET' | 'POST';
  /** Body, which is sent as JSON. */
  readonly body?: object;
  /** Timeout in milliseconds. */
  readonly timeout: number;
}

/** Calls `/_trellis/...` of an emulator, which requires the token of its owner. */
export function callControl(
  { port, token }: Pick<Instance, 'port' | 'token'>,
  path: `/_trellis/${string}`,
  { method = 'GET', body, timeout }: ControlRequest,
): Promise<Response> {
  return fetch(assertLoopback(`http://127.0.0.1:${port}`) + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeout),
  });
}
