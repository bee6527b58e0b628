import { type BodyError, findingSuffix, operationsOf } from './body-rules.js';

/** A method setting of a stage in CloudFormation. */
export interface MethodSetting {
  readonly resourcePath?: string;
  readonly httpMethod?: string;
  readonly throttlingRateLimit?: unknown;
  readonly throttlingBurstLimit?: unknown;
}

/**
 * Reports operations that a stage does not throttle, neither by their own method settings nor by those of all methods.
 * A method's settings replace the stage's: without a throttle they remove it.
 *
 * @param stages the method settings of each stage
 */
export function validateThrottling(
  body: Readonly<Record<string, unknown>>,
  stages: readonly (readonly MethodSetting[])[],
): BodyError[] {
  return operationsOf(body)
    .filter(({ method, path }) =>
      stages.length === 0 ? true : stages.some((settings) => !isThrottled(settings, method, path)),
    )
    .map(({ method, path }) => ({
      id: `Trellis-ApiThrottling${findingSuffix({ method, path })}`,
      message: `${method} ${path} is not throttled, and its cost is unbounded: set \`throttlingRateLimit\` and \`throttlingBurstLimit\` of its stage`,
    }));
}

function isThrottled(settings: readonly MethodSetting[], method: string, path: string): boolean {
  const ofMethod = settings.find((setting) => setting.httpMethod === method && pathOf(setting) === path);
  const ofStage = settings.find(
    ({ httpMethod, resourcePath }) => httpMethod === '*' && resourcePath === '/*',
  );
  return hasThrottle(ofMethod ?? ofStage);
}

function pathOf({ resourcePath = '' }: MethodSetting): string {
  const path = resourcePath.slice(1).replaceAll('~1', '/');
  return path === '' ? '/' : path;
}

function hasThrottle(setting: MethodSetting | undefined): boolean {
  return setting?.throttlingRateLimit !== undefined && setting.throttlingBurstLimit !== undefined;
}
