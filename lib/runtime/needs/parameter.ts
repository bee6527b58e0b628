import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { SSMClient } from '@aws-sdk/client-ssm';
import { perRegion } from '../per-region.js';
import { bounded, type FetchOptions, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** A parameter in Systems Manager's Parameter Store. */
export interface ParameterClient {
  readonly parameterName: string;
  /**
   * Returns the parameter's text, decrypted if it is encrypted.
   *
   * @param options.maxAge seconds for which the value is cached. @default 300: a change takes effect within five minutes
   * @param options.forceFetch true to bypass the cache. @default false
   */
  value(options?: FetchOptions): Promise<string>;
}

const provider = /* @__PURE__ */ perRegion(
  (place) => new SSMProvider({ awsSdkV3Client: bounded(new SSMClient({ ...REQUESTS, ...place })) }),
);

const read: Need<'parameter', 'read', ParameterClient> = {
  kind: 'parameter',
  access: 'read',
  connect: (parameterName) => ({
    parameterName,
    async value({ maxAge = 300, forceFetch = false } = {}) {
      const value = await provider(parameterName).get(parameterName, { maxAge, forceFetch, decrypt: true });
      if (value === undefined) throw new Error(`The parameter ${parameterName} has no value`);
      return value;
    },
  }),
};

/**
 * Access to a parameter of Systems Manager's Parameter Store. `read`: GetParameter.
 *
 * @example
 * import { handle, parameter } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ rate: parameter.read }, async (event: { amount: number }, { rate }) => {
 *   return event.amount * Number(await rate.value());
 * });
 */
export const parameter = { read };
