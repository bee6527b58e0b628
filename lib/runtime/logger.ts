import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { correlationId, currentInvocation, type Invocation } from './invocation.js';

const loggers = /* @__PURE__ */ new WeakMap<Invocation, Logger>();

/**
 * Returns Powertools' logger of the request, event or message being handled, with its request id and correlation id.
 * Keys appended to it, persistent ones included, end with that request or message, so a warm function never writes one
 * customer's keys into another's lines.
 *
 * Call it in the handler, not when the module loads. A `new Logger()` keeps its keys until you reset them.
 *
 * @example
 * import { logger, worker } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * export const handler = worker(z.object({ orderId: z.string() }), {}, async ({ orderId }) => {
 *   logger().appendKeys({ orderId });
 *   logger().info('Shipped');
 * });
 */
export function logger(): Logger {
  const invocation = currentInvocation();
  if (!invocation) return createLogger(undefined);
  // Creating a logger takes about 40 µs, so it happens on first use.
  const existing = loggers.get(invocation);
  if (existing) return existing;
  const created = createLogger(invocation);
  loggers.set(invocation, created);
  return created;
}

/** Logger that reports a cold start once per environment: Powertools reports it for the first use of every logger. */
class RequestLogger extends Logger {
  isColdStart = false;

  override getColdStart(): boolean {
    return super.getColdStart() && this.isColdStart;
  }

  protected override createLogger(options?: ConstructorParameters<typeof Logger>[0]): Logger {
    const child = new RequestLogger(options);
    child.isColdStart = this.isColdStart;
    return child;
  }
}

function createLogger(invocation: Invocation | undefined): Logger {
  const { POWERTOOLS_SERVICE_NAME, AWS_LAMBDA_FUNCTION_NAME } = process.env;
  const serviceName = POWERTOOLS_SERVICE_NAME || AWS_LAMBDA_FUNCTION_NAME;
  const created = new RequestLogger({ ...(serviceName && { serviceName }) });
  if (invocation?.context?.awsRequestId !== undefined) {
    created.isColdStart = invocation.isColdStart;
    created.addContext(invocation.context as Context);
  }
  const id = correlationId();
  if (id !== undefined) created.setCorrelationId(id);
  return created;
}
