import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { resourceOf } from '../../bindings/own-policy.js';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4096;

/** https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html */
const NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/** Checks at synth what properties and calls have added up to. */
export function addEnvironmentCheck(fn: LambdaFunction): void {
  fn.node.addValidation({
    validate: () => {
      const variables: Record<string, unknown> =
        fn.stack.resolve(resourceOf(fn).environment)?.variables ?? {};
      return [...validateNames(Object.keys(variables)), ...validateSize(variables)];
    },
  });
}

function validateNames(names: readonly string[]): string[] {
  const wrong = names.filter((name) => !NAME.test(name));
  return wrong.length === 0
    ? []
    : [
        `The names of environment variables must be at least two letters, digits and underscores, starting with a letter, got ${wrong.join(', ')}: rename them`,
      ];
}

function validateSize(variables: Readonly<Record<string, unknown>>): string[] {
  const literal = Object.entries(variables).filter(([, value]) => typeof value === 'string');
  const bytes = literal.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`), 0);
  return bytes <= MAX_ENVIRONMENT_BYTES
    ? []
    : [
        `The environment must be at most ${MAX_ENVIRONMENT_BYTES} bytes, got ${bytes}: keep large values in a parameter`,
      ];
}
