/** A limit of a service, and the amount that a resource uses. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  readonly types: readonly string[];
  /** Returns the amount for properties with estimated values; undefined if the quota does not apply. */
  readonly amount: (properties: Properties) => number | undefined;
  readonly remedy: string;
  /** True if AWS raises the limit on request: exceeding it is then legal. @default false */
  readonly isAdjustable?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: properties of templates have no types.
export type Properties = Readonly<Record<string, any>>;

/** Returns the size of a value as text, in bytes. IAM does not count white space in policies. */
export function sizeOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Buffer.byteLength(asText(value));
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Returns the quota of the length of a name. */
export function names(property: string, limit: number, ...types: string[]): Quota[] {
  return [
    {
      name: `characters of a ${property}`,
      limit,
      types,
      amount: (properties) => sizeOf(properties[property]),
      remedy: 'Choose a shorter name, or let CloudFormation generate it.',
    },
  ];
}

interface Widget {
  readonly type?: string;
  readonly properties?: { readonly alarms?: readonly unknown[] };
}

export function widgetsOf(body: unknown): readonly Widget[] | undefined {
  try {
    return JSON.parse(String(body)).widgets;
  } catch {
    return undefined;
  }
}

export function maxOf(values: readonly (number | undefined)[] | undefined): number | undefined {
  return values && Math.max(0, ...values.map((value) => value ?? 0));
}

/** Returns the number of resources of an API: each part of a path is one, and so is the root. */
export function resourcesOf(paths: readonly string[]): number {
  const nodes = paths.flatMap((path) => {
    const parts = path.split('/').filter((part) => part !== '');
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  });
  return new Set(nodes).size + 1;
}
