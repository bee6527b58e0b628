/** What becomes of a resource type, or of one of its properties, that a target does not serve as AWS does. */
export interface Difference {
  /**
   * - `left out`: it is taken from the template; what refers to it gets a placeholder
   * - `without effect`: it is deployed, and the target keeps it and does nothing with it
   */
  readonly what: 'left out' | 'without effect';
  readonly why: string;
  /** What shows instead that it works, or how to do without it there. */
  readonly instead: string;
}

/** What an emulator knows of CloudFormation. */
export interface TargetTable {
  /** Its name and version. */
  readonly emulator: string;
  /** The resource types that it creates. */
  readonly supported: readonly string[];
  /** By resource type, or by type and property as in `AWS::S3::Bucket.LifecycleConfiguration`. */
  readonly differences: Readonly<Record<string, Difference>>;
}

export function leftOut(why: string, instead: string): Difference {
  return { what: 'left out', why, instead };
}

export function withoutEffect(why: string, instead: string): Difference {
  return { what: 'without effect', why, instead };
}
