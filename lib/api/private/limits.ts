import type { StageOptions } from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Annotations, CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { field } from '../../contract/field-path.js';
import { addedResources } from '../../function/published-versions.js';
import { LIMITS } from '../../quotas/limits.js';
import type { Throttle } from '../routes.js';

const { apiGateway: MAX } = LIMITS;

/** Returns the errors of a throttle. */
export function validateThrottle(path: readonly string[], { requestsPerSecond, burst }: Throttle): string[] {
  const errors: string[] = [];
  if (!Token.isUnresolved(requestsPerSecond) && !(requestsPerSecond > 0)) {
    errors.push(`${field(...path, 'requestsPerSecond')} must be more than 0, got ${requestsPerSecond}`);
  }
  if (!Token.isUnresolved(burst) && !(Number.isInteger(burst) && burst > 0)) {
    errors.push(`${field(...path, 'burst')} must be a whole number of requests, got ${burst}`);
  }
  return errors;
}

/** Returns the errors of a stage's variables. */
export function validateVariables({ variables = {} }: StageOptions): string[] {
  const names = Object.keys(variables);
  const errors =
    names.length > MAX.variables
      ? [`\`stage.variables\` must have at most ${MAX.variables} variables, got ${names.length}`]
      : [];
  for (const [name, value] of Object.entries(variables)) {
    if (!/^\w+$/.test(name) || name.length > MAX.variableNameCharacters) {
      errors.push(
        `\`stage.variables\` must have names of at most ${MAX.variableNameCharacters} letters, digits and underscores, got "${name}"`,
      );
    }
    if (Token.isUnresolved(value)) continue;
    if (!/^[A-Za-z0-9\-._~:/?#&=,]+$/.test(value) || value.length > MAX.variableValueCharacters) {
      errors.push(
        `\`stage.variables.${name}\` must be at most ${MAX.variableValueCharacters} characters of A-Za-z0-9-._~:/?#&=, got "${value.slice(0, MAX.variableValueCharacters)}"`,
      );
    }
  }
  return errors;
}

/** Warns of function timeouts beyond API Gateway's, and of more authorizers than the default quota. */
export function warnOfLimits(
  scope: Construct,
  functions: Readonly<Record<string, LambdaFunction>>,
  authorizers: number,
): void {
  const warn = (id: string, text: string) => Annotations.of(scope).addWarningV2(`cdk-trellis:${id}`, text);
  for (const [name, { timeout }] of Object.entries(functions)) {
    if (timeout && !timeout.isUnresolved() && timeout.toSeconds() > MAX.timeoutSeconds) {
      warn(
        'apiTimeout',
        `The function of ${name} has a timeout of ${timeout.toHumanString()}, but API Gateway responds 504 after ${MAX.timeoutSeconds} seconds while the function goes on: shorten its timeout, or start a workflow and respond 202.`,
      );
    }
  }
  if (authorizers > MAX.authorizers) {
    warn(
      'apiAuthorizers',
      `The API has ${authorizers} authorizers, and the default quota is ${MAX.authorizers}: raise the quota.`,
    );
  }
}

/** Resources per operation: a function, its role, log group, version and alias, and the permission to invoke it. */
const RESOURCES_PER_OPERATION = 6;

/** Validates the number of resources in the stack at synthesis, with a remedy that CDK's own error does not have. */
export function addStackCheck(scope: Construct, operations: number): void {
  const stack = Stack.of(scope);
  const max = stack.node.tryGetContext('@aws-cdk/core:stackResourceLimit') ?? LIMITS.cloudFormation.resources;
  if (operations * RESOURCES_PER_OPERATION < max / 2) return;
  scope.node.addValidation({
    validate: () => {
      const resources = stack.node
        .findAll()
        .filter((construct) => CfnResource.isCfnResource(construct) && construct.stack === stack);
      const count = resources.length + addedResources(stack);
      return max === 0 || count <= max
        ? []
        : [
            `The stack of an Api must have at most ${max} resources, got ${count}: ${RESOURCES_PER_OPERATION} for each of ${operations} operations with a function, which leaves room for 80. Split the contract into two Apis in separate stacks, or give the functions one log group, \`functions: { logGroup }\`, which leaves room for 97.`,
          ];
    },
  });
}
