import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { perRegion } from '../per-region.js';
import { bounded, type FetchOptions, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** A secret in Secrets Manager. */
export interface SecretClient {
  readonly secretArn: string;
  /**
   * Returns the secret's text.
   *
   * @param options.maxAge seconds for which the value is cached. @default 300: a rotation takes effect within five minutes
   * @param options.forceFetch true to bypass the cache. @default false
   */
  value(options?: FetchOptions): Promise<string>;
}

const provider = /* @__PURE__ */ perRegion(
  (place) =>
    new SecretsProvider({ awsSdkV3Client: bounded(new SecretsManagerClient({ ...REQUESTS, ...place })) }),
);

const read: Need<'secret', 'read', SecretClient> = {
  kind: 'secret',
  access: 'read',
  connect: (secretArn) => ({
    secretArn,
    async value({ maxAge = 300, forceFetch = false } = {}) {
      const value = await provider(secretArn).get(secretArn, { maxAge, forceFetch });
      if (typeof value !== 'string') throw new Error(`The secret ${secretArn} must be text, got binary data`);
      return value;
    },
  }),
};

/**
 * Access to a secret in Secrets Manager. `read`: GetSecretValue.
 *
 * @example
 * import { handle, secret } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ apiKey: secret.read }, async (_event: object, { apiKey }) => {
 *   const { length } = await apiKey.value();
 *   return length;
 * });
 */
export const secret = { read };
