import type { IConstruct } from 'constructs';

/** Deployment target of an app. */
export type Target = 'aws' | 'localstack' | 'local';

const TARGETS: readonly string[] = ['aws', 'localstack', 'local'] satisfies Target[];

/**
 * Returns the target of the construct's app: context `target`, else the environment variable TRELLIS_TARGET, else
 * `localstack` if AWS_ENDPOINT_URL points to a host that is not of AWS, else `aws`. The target is chosen at deployment,
 * never by editing the app.
 *
 * @throws Error for an unknown target
 */
export function targetOf(scope: IConstruct): Target {
  const target = scope.node.tryGetContext('target') ?? process.env.TRELLIS_TARGET ?? byEndpoint();
  if (!TARGETS.includes(target)) {
    throw new Error(
      `The target must be one of ${TARGETS.join(', ')}, got "${target}" (context \`target\` or TRELLIS_TARGET)`,
    );
  }
  return target as Target;
}

/** Returns the target that AWS_ENDPOINT_URL implies. AWS's own endpoints, of a VPC or for FIPS, are in its domains. */
export function byEndpoint(): Target {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
  if (!URL.canParse(endpoint)) return 'aws';
  return /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(endpoint).hostname) ? 'aws' : 'localstack';
}
