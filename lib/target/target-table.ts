/** Difference of a resource type, or of one of its properties, between a target and AWS. */
export interface Difference {
  /**
   * - `left out`: removed from the template; references to it become placeholders
   * - `without effect`: deployed and stored by the target, but it does nothing
   */
  readonly what: 'left out' | 'without effect';
  readonly why: string;
  /** An alternative on the target, or a way to verify it. */
  readonly instead: string;
}

/** CloudFormation support of an emulator. */
export interface TargetTable {
  /** Name and version. */
  readonly emulator: string;
  /** The resource types that it creates. */
  readonly supported: readonly string[];
  /** Differences by resource type, or by type and property, as in `AWS::S3::Bucket.LifecycleConfiguration`. */
  readonly differences: Readonly<Record<string, Difference>>;
}

export function leftOut(why: string, instead: string): Difference {
  return { what: 'left out', why, instead };
}

export function withoutEffect(why: string, instead: string): Difference {
  return { what: 'without effect', why, instead };
}
