import type { IConstruct } from 'constructs';

/** Where an app is deployed to. */
export type Target = 'aws' | 'localstack' | 'local';

const TARGETS: readonly string[] = ['aws', 'localstack', 'local'] satisfies Target[];

/**
 * The target of the app that the construct is part of: context `target`, else the environment variable
 * TRELLIS_TARGET, else `localstack` where AWS_ENDPOINT_URL leads to another host than AWS's, else `aws`. It is chosen
 * by whoever deploys, never by editing the app.
 *
 * @throws Error when it is none of them
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

/** Where AWS_ENDPOINT_URL leads to. AWS's own endpoints, of a VPC or for FIPS, are in its domains. */
export function byEndpoint(): Target {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
  if (!URL.canParse(endpoint)) return 'aws';
  return /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(endpoint).hostname) ? 'aws' : 'localstack';
}
