import { type BodyError, findingAt, operationsOf } from './body-rules.js';

/** A method setting of a stage, as CloudFormation has it. */
export interface MethodSetting {
  readonly resourcePath?: string;
  readonly httpMethod?: string;
  readonly throttlingRateLimit?: unknown;
  readonly throttlingBurstLimit?: unknown;
}

/**
 * Operations that a stage does not throttle: neither by settings of their own nor by those of all methods. Settings of
 * a method replace the stage's, so that those without a throttle undo it.
 *
 * @param stages the method settings of each stage
 */
export function throttleGaps(
  body: Readonly<Record<string, unknown>>,
  stages: readonly (readonly MethodSetting[])[],
): BodyError[] {
  return operationsOf(body)
    .filter(({ method, path }) =>
      stages.length === 0 ? true : stages.some((settings) => !isThrottled(settings, method, path)),
    )
    .map(({ method, path }) => ({
      id: `Trellis-ApiThrottling${findingAt({ method, path })}`,
      message: `${method} ${path} is not throttled, so that its bill has no bound: set \`throttlingRateLimit\` and \`throttlingBurstLimit\` of its stage`,
    }));
}

function isThrottled(settings: readonly MethodSetting[], method: string, path: string): boolean {
  const own = settings.find((one) => one.httpMethod === method && pathOf(one) === path);
  const all = settings.find((one) => one.httpMethod === '*' && one.resourcePath === '/*');
  return isSet(own ?? all);
}

function pathOf({ resourcePath = '' }: MethodSetting): string {
  const path = resourcePath.slice(1).replaceAll('~1', '/');
  return path === '' ? '/' : path;
}

function isSet(setting: MethodSetting | undefined): boolean {
  return setting?.throttlingRateLimit !== undefined && setting.throttlingBurstLimit !== undefined;
}
