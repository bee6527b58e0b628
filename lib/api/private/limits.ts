import type { StageOptions } from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Annotations, CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Operation } from '../../contract/operation.js';
import { addedResources } from '../../function/published-versions.js';
import type { Throttle } from '../routes.js';

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const MAX_SECONDS = 29;
const MAX_RESOURCES = 300;
const MAX_AUTHORIZERS = 10;
const MAX_VARIABLES = 100;
const MAX_KEY_LENGTH = 64;
const MAX_VALUE_LENGTH = 512;
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** Returns the errors of a throttle. */
export function validateThrottle(property: string, { requestsPerSecond, burst }: Throttle): string[] {
  const errors: string[] = [];
  if (!Token.isUnresolved(requestsPerSecond) && !(requestsPerSecond > 0)) {
    errors.push(`${property}.requestsPerSecond\` must be more than 0, got ${requestsPerSecond}`);
  }
  if (!Token.isUnresolved(burst) && !(Number.isInteger(burst) && burst > 0)) {
    errors.push(`${property}.burst\` must be a whole number of requests, got ${burst}`);
  }
  return errors;
}

/** Returns the errors of a stage's variables. */
export function validateVariables({ variables = {} }: StageOptions): string[] {
  const names = Object.keys(variables);
  const errors =
    names.length > MAX_VARIABLES
      ? [`\`stage.variables\` must have at most ${MAX_VARIABLES} variables, got ${names.length}`]
      : [];
  for (const [name, value] of Object.entries(variables)) {
    if (!/^\w+$/.test(name) || name.length > MAX_KEY_LENGTH) {
      errors.push(
        `\`stage.variables\` must have names of at most ${MAX_KEY_LENGTH} letters, digits and underscores, got "${name}"`,
      );
    }
    if (Token.isUnresolved(value)) continue;
    if (!/^[A-Za-z0-9\-._~:/?#&=,]+$/.test(value) || value.length > MAX_VALUE_LENGTH) {
      errors.push(
        `\`stage.variables.${name}\` must be at most ${MAX_VALUE_LENGTH} characters of A-Za-z0-9-._~:/?#&=, got "${value.slice(0, MAX_VALUE_LENGTH)}"`,
      );
    }
  }
  return errors;
}

/** Warns of function timeouts beyond API Gateway's, and of adjustable quotas that the API exceeds. */
export function warnOfLimits(
  scope: Construct,
  operations: readonly Operation[],
  functions: Readonly<Record<string, LambdaFunction>>,
  authorizers: number,
): void {
  const warn = (id: string, text: string) => Annotations.of(scope).addWarningV2(`cdk-trellis:${id}`, text);
  for (const [name, { timeout }] of Object.entries(functions)) {
    if (timeout && !timeout.isUnresolved() && timeout.toSeconds() > MAX_SECONDS) {
      warn(
        'apiTimeout',
        `The function of ${name} has a timeout of ${timeout.toHumanString()}, but API Gateway responds 504 after ${MAX_SECONDS} seconds while the function goes on: shorten its timeout, or start a workflow and respond 202.`,
      );
    }
  }
  const resources = resourcesOf(operations).size;
  if (resources > MAX_RESOURCES) {
    warn(
      'apiResources',
      `The API has ${resources} resources (one per path segment), and the default quota is ${MAX_RESOURCES}: split the contract, or raise the quota.`,
    );
  }
  if (authorizers > MAX_AUTHORIZERS) {
    warn(
      'apiAuthorizers',
      `The API has ${authorizers} authorizers, and the default quota is ${MAX_AUTHORIZERS}: raise the quota.`,
    );
  }
}

/** Returns every path and its prefixes: API Gateway creates a resource for each. */
export function resourcesOf(operations: readonly Pick<Operation, 'path'>[]): Set<string> {
  return new Set(
    operations.flatMap(({ path }) => {
      const parts = path.split('/').filter(Boolean);
      return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
    }),
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_STACK_RESOURCES = 500;

/** Resources per operation: a function, its role, log group, version and alias, and the permission to invoke it. */
const RESOURCES_PER_OPERATION = 6;

/** Validates the number of resources in the stack at synthesis, with a remedy that CDK's own error does not have. */
export function addStackCheck(scope: Construct, operations: number): void {
  const stack = Stack.of(scope);
  const max = stack.node.tryGetContext('@aws-cdk/core:stackResourceLimit') ?? MAX_STACK_RESOURCES;
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

/** Validates the size of the OpenAPI body at synthesis: API Gateway would reject it at deployment. */
export function addSizeCheck(scope: Construct, body: object): void {
  scope.node.addValidation({
    validate: () => {
      const bytes = Buffer.byteLength(JSON.stringify(body));
      return bytes <= MAX_BODY_BYTES
        ? []
        : [
            `The OpenAPI body must be at most 6 MB, got ${Math.ceil(bytes / 1024 / 1024)} MB: split the contract`,
          ];
    },
  });
}
