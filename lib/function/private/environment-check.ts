import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { resourceOf } from '../../bindings/function-policy.js';

/** Valid names: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html */
const NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/** Validates the names in the final environment at synth, after all properties and calls. */
export function addEnvironmentCheck(fn: LambdaFunction): void {
  fn.node.addValidation({
    validate: () => {
      const variables: Record<string, unknown> =
        fn.stack.resolve(resourceOf(fn).environment)?.variables ?? {};
      return validateNames(Object.keys(variables));
    },
  });
}

function validateNames(names: readonly string[]): string[] {
  const invalid = names.filter((name) => !NAME.test(name));
  return invalid.length === 0
    ? []
    : [
        `The names of environment variables must be at least two letters, digits and underscores, starting with a letter, got ${invalid.join(', ')}. Rename them`,
      ];
}
