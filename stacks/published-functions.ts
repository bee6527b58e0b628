import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { HandlerModule, NodeFunction } from 'cdk-trellis';
import type { Construct } from 'constructs';

/**
 * Returns the name of a function that other services may call, as in `storefront-stock-Reserve`. Both sides know it.
 * An export could not change while it is imported, and a parameter must exist before it is used; with a name, services
 * deploy independently and in any order.
 */
export function publishedName(service: string, id: string): string {
  return `storefront-${service}-${id}`;
}

/**
 * Imports a function that another service publishes, typed by its contract. Calls use its alias `live`: without it they
 * would reach `$LATEST`, which mixes two editions during a deployment of that service.
 */
export function publishedFunction<Module extends HandlerModule>(
  scope: Construct,
  service: string,
  id: string,
): NodeFunction<Module> {
  return LambdaFunction.fromFunctionName(
    scope,
    id,
    `${publishedName(service, id)}:live`,
  ) as NodeFunction<Module>;
}
