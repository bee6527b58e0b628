/** Handling of a resource type or property that a target does not support as AWS does. */
export interface Difference {
  /**
   * - `left out`: removed from the template; references to it become placeholders
   * - `without effect`: deployed; the target stores it and ignores it
   */
  readonly what: 'left out' | 'without effect';
  readonly why: string;
  /** Test that covers it instead, or how to do without it there. */
  readonly instead: string;
}

/** Support of an emulator for CloudFormation. */
export interface TargetTable {
  /** Name and version of the emulator. */
  readonly emulator: string;
  /** Resource types that it creates. */
  readonly supported: readonly string[];
  /** Differences by resource type, or by type and property as in `AWS::S3::Bucket.LifecycleConfiguration`. */
  readonly differences: Readonly<Record<string, Difference>>;
}

export function leftOut(why: string, instead: string): Difference {
  return { what: 'left out', why, instead };
}

export function withoutEffect(why: string, instead: string): Difference {
  return { what: 'without effect', why, instead };
}
