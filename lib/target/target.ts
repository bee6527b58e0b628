import type { IConstruct } from 'constructs';

/** The environment that an app is deployed to. */
export type Target = 'aws' | 'localstack' | 'local';

const TARGETS: readonly string[] = ['aws', 'localstack', 'local'] satisfies Target[];

/**
 * Returns the target of the construct's app: context `target`, else the environment variable TRELLIS_TARGET, else
 * `localstack` if AWS_ENDPOINT_URL has a host other than AWS's, else `aws`. It is chosen for each deployment, without a
 * change to the app.
 *
 * @throws Error if it is not a valid target
 */
export function targetOf(scope: IConstruct): Target {
  const target = scope.node.tryGetContext('target') ?? process.env.TRELLIS_TARGET ?? targetOfEndpoint();
  if (!TARGETS.includes(target)) {
    throw new Error(
      `The target must be one of ${TARGETS.join(', ')}, got "${target}" (context \`target\` or TRELLIS_TARGET)`,
    );
  }
  return target as Target;
}

/**
 * Returns why the app is for LocalStack when only AWS_ENDPOINT_URL indicates it: the variable also comes from
 * `eval "$(npx trellis info --env)"`, for tools of AWS.
 */
export function reasonOfTarget(scope: IConstruct): string | undefined {
  const isChosen = scope.node.tryGetContext('target') ?? process.env.TRELLIS_TARGET;
  if (isChosen || targetOfEndpoint() === 'aws') return undefined;
  return `The target is localstack because of AWS_ENDPOINT_URL (${process.env.AWS_ENDPOINT_URL}). Unset it, or synthesize with \`-c target=aws\`, for AWS; with \`-c target=localstack\` this line is not printed.`;
}

/** Returns the target of AWS_ENDPOINT_URL. AWS's own endpoints, of a VPC or for FIPS, are in its domains. */
export function targetOfEndpoint(): Target {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
  if (!URL.canParse(endpoint)) return 'aws';
  return /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(endpoint).hostname) ? 'aws' : 'localstack';
}
