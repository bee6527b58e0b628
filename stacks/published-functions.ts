import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Names } from 'aws-cdk-lib/core';
import type { HandlerModule, NodeFunction } from 'cdk-trellis';
import { Construct } from 'constructs';

/**
 * Functions that other services may call are found by parameters, not by exports: CloudFormation refuses to change
 * an export that somebody imports, and each service deploys alone.
 */

/** Publishes functions by their ids, as in `/storefront/stock/Reserve`. */
export function publishFunctions(scope: Construct, path: string, functions: readonly NodeFunction[]): void {
  const published = new Construct(scope, 'Published');
  for (const fn of functions) {
    new StringParameter(published, fn.node.id, {
      parameterName: `${path}/${fn.node.id}`,
      stringValue: fn.functionArn,
      description: `The function ${Names.stackRelativeConstructPath(fn)}, for other services to invoke`,
    });
  }
}

/** A function that another service has published, typed by its module. */
export function publishedFunction<Module extends HandlerModule>(
  scope: Construct,
  path: string,
  id: string,
): NodeFunction<Module> {
  const functionArn = StringParameter.valueForStringParameter(scope, `${path}/${id}`);
  return LambdaFunction.fromFunctionAttributes(scope, id, {
    functionArn,
    sameEnvironment: true,
  }) as NodeFunction<Module>;
}
