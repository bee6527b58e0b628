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
  /**
   * Differences by resource type, by type and value of a property, as in `AWS::Lambda::Function?PackageType=Image`, or by
   * type and property, as in `AWS::S3::Bucket.LifecycleConfiguration`.
   */
  readonly differences: Readonly<Record<string, Difference>>;
}

export function leftOut(why: string, instead: string): Difference {
  return { what: 'left out', why, instead };
}

export function withoutEffect(why: string, instead: string): Difference {
  return { what: 'without effect', why, instead };
}

/** Support of a target for a resource; undefined if it is not declared. */
export type Verdict = Difference | 'supported' | undefined;

/** Returns the entry of a table for a resource. */
export function verdictOf(
  { supported, differences }: TargetTable,
  type: string,
  properties: Readonly<Record<string, unknown>> = {},
): Verdict {
  for (const [key, difference] of Object.entries(differences)) {
    const [, property, value] = key.startsWith(`${type}?`) ? key.split(/[?=]/) : [];
    if (property !== undefined && properties[property] === value) return difference;
  }
  if (differences[type]) return differences[type];
  if (supported.includes(type) || type.startsWith('Custom::')) return 'supported';
  return differences[serviceWildcard(type)];
}

/** Returns the differences of a type's properties, by property. */
export function propertyDifferences(
  { differences }: TargetTable,
  type: string,
): Readonly<Record<string, Difference>> {
  const entries = Object.entries(differences).filter(([key]) => key.startsWith(`${type}.`));
  return Object.fromEntries(entries.map(([key, difference]) => [key.slice(type.length + 1), difference]));
}

/** Returns the wildcard for all types of the same service. */
export function serviceWildcard(type: string): string {
  return type.replace(/::\w+$/, '::*');
}
