import { readFileSync } from 'node:fs';
import { ADMIN, directoryOf } from '../../bin/local-storefront.js';
import { ensureUser, type Person, signIn } from '../../bin/users.js';
import type { CloudInfo } from '../../lib/local/index.js';
import { mintTokens } from './tokens.js';

/** The deployed application that the suite calls: what `trellis info --json` prints, in the file TRELLIS_INFO. */
export function deployedInfo(): CloudInfo {
  const file = process.env.TRELLIS_INFO;
  if (!file) throw new Error('Expected TRELLIS_INFO to name a file with the output of `trellis info --json`');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The cloud that the application is deployed to. LocalStack does not verify signatures: any key does. */
export function deployedCloud() {
  const { TRELLIS_ACCESS_KEY_ID = 'test', TRELLIS_SECRET_ACCESS_KEY = 'test' } = process.env;
  const credentials = { accessKeyId: TRELLIS_ACCESS_KEY_ID, secretAccessKey: TRELLIS_SECRET_ACCESS_KEY };
  return { endpoint: deployedInfo().endpoint, credentials };
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly token?: string;
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown;
}

/** Calls an API of the application over HTTP. */
export async function call(api: string, path: string, options: Call = {}): Promise<ApiResponse> {
  const { method = options.body === undefined ? 'GET' : 'POST', token, body } = options;
  const response = await fetch(`${deployedInfo().apis[api]}${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

export const CUSTOMER: Person = { email: 'customer@example.com', password: 'A-customers-password-1' };

export async function tokensOf(person: Person) {
  const { TRELLIS_TOKEN_KEY: key, TRELLIS_CLIENT_ID: clientId } = process.env;
  if (key && clientId) return mintTokens(person, clientId, key);
  const directory = directoryOf(deployedInfo(), deployedCloud().credentials);
  await ensureUser(directory, person);
  return signIn(directory, person);
}

export const adminTokens = () => tokensOf(ADMIN);
export const customerTokens = () => tokensOf(CUSTOMER);

/** Asserts a problem in the form that every part of the application returns: RFC 9457. */
export function expectProblem(response: ApiResponse, status: number): void {
  expect({ status: response.status, text: response.text }).toMatchObject({ status });
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(response.body).toMatchObject({ type: expect.any(String), title: expect.any(String) });
  expect(response.body.instance).toMatch(/^urn:request:[\w-]+$/);
}
