import { type ApiInfo, apiInfo, type Contract } from './contract.js';
import type { Operations } from './operation.js';
import { validateContract } from './validation/validate-api.js';

/**
 * Defines an API: the requests and responses of its operations, and their callers. The API Gateway definition, the
 * types and validation of handlers, the documentation and the client derive from it.
 *
 * @throws Error with every error of every operation
 * @example
 * import * as z from 'zod';
 * import { defineApi, Problem } from 'cdk-trellis/contract';
 *
 * const Order = z.object({ orderId: z.string(), quantity: z.int().positive() });
 *
 * export const ordersApi = defineApi({ name: 'orders', version: '1.0.0' }, {
 *   getOrder: {
 *     method: 'GET',
 *     path: '/orders/{orderId}',
 *     auth: 'user',
 *     responses: { 200: Order, 404: Problem },
 *   },
 * });
 */
export function defineApi<const C extends Operations>(info: ApiInfo, operations: C): Contract<C> {
  // Validated at synthesis and in tests only. In Lambda and in a browser it would cost start-up time; the condition is
  // written so that bundlers remove the validation.
  if (
    typeof process === 'object' &&
    process.env.NODE_ENV !== 'production' &&
    !process.env.AWS_LAMBDA_FUNCTION_NAME
  ) {
    const errors = validateContract(info, operations);
    if (errors.length > 0) {
      throw new Error(`The contract of API "${info.name}" is invalid:\n- ${errors.join('\n- ')}`);
    }
  }
  return Object.freeze({ ...operations, [apiInfo]: Object.freeze({ ...info }) }) as Contract<C>;
}
