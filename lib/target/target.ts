import type { IConstruct } from 'constructs';

/** Where an app is deployed to. */
export type Target = 'aws' | 'localstack' | 'local';

const TARGETS: readonly string[] = ['aws', 'localstack', 'local'] satisfies Target[];

/**
 * The target of the app that the construct is part of: context `target`, else the environment variable
 * TRELLIS_TARGET, else `aws`. It is chosen by whoever deploys, never by editing the app.
 *
 * @throws Error when it is none of them
 */
export function targetOf(scope: IConstruct): Target {
  const target = scope.node.tryGetContext('target') ?? process.env.TRELLIS_TARGET ?? 'aws';
  if (!TARGETS.includes(target)) {
    throw new Error(
      `The target must be one of ${TARGETS.join(', ')}, got "${target}" (context \`target\` or TRELLIS_TARGET)`,
    );
  }
  return target as Target;
}
