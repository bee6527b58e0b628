import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { correlationId, currentInvocation, type Invocation } from './invocation.js';

const loggers = /* @__PURE__ */ new WeakMap<Invocation, Logger>();

/**
 * Returns Powertools' logger of the request, event or message being handled: its lines have the request's id and
 * the correlation id. Keys appended to it, persistent ones too, end with that request or message: a warm function
 * never writes one customer's keys into another's lines.
 *
 * Call it in the handler, not when the module loads. A `new Logger()` of your own keeps its keys until you reset them.
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
  // It takes some 40 µs, so it is created on first use.
  const existing = loggers.get(invocation);
  if (existing) return existing;
  const created = createLogger(invocation);
  loggers.set(invocation, created);
  return created;
}

/** Powertools sees a cold start in the first use of a logger; here each request has a logger of its own. */
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
