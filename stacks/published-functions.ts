import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { HandlerModule, NodeFunction } from 'cdk-trellis';
import type { Construct } from 'constructs';

/**
 * Functions that other services may call have names that both sides know, as in `storefront-stock-Reserve`. Neither an
 * export, which CloudFormation refuses to change while somebody imports it, nor a parameter, which must be there
 * first: services deploy alone and in any order.
 */
export function publishedName(service: string, id: string): string {
  return `storefront-${service}-${id}`;
}

/** A function that another service has published, typed by its contract. */
export function publishedFunction<Module extends HandlerModule>(
  scope: Construct,
  service: string,
  id: string,
): NodeFunction<Module> {
  return LambdaFunction.fromFunctionName(scope, id, publishedName(service, id)) as NodeFunction<Module>;
}
