import { type ApiInfo, apiInfo, type Contract } from './contract.js';
import type { Operations } from './operation.js';
import { validateContract } from './validation/validate-api.js';

/**
 * Declares an API: the one place that says what a service takes, answers and who may call it.
 * The API Gateway definition, the handlers' types and checks, the documentation and the client derive from it.
 *
 * @throws Error naming every operation that contradicts itself or another one.
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
  // In Lambda and in a browser's bundle, a contract is one that synth and tests have checked: there it costs nothing.
  // Written so that bundlers leave the checks out.
  if (
    typeof process === 'object' &&
    process.env.NODE_ENV !== 'production' &&
    !process.env.AWS_LAMBDA_FUNCTION_NAME
  ) {
    const problems = validateContract(info, operations);
    if (problems.length > 0) {
      throw new Error(`The contract of API "${info.name}" cannot be served:\n- ${problems.join('\n- ')}`);
    }
  }
  return Object.freeze({ ...operations, [apiInfo]: Object.freeze({ ...info }) }) as Contract<C>;
}
