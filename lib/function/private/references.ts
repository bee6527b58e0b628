/** References in a value of a template. */
export interface References {
  /** Logical ids and names of parameters, also of pseudo parameters. */
  readonly names: ReadonlySet<string>;
  /** True if the value contains an `Fn::If`. */
  readonly isConditional: boolean;
}

const IN_TEXT = /\$\{([A-Za-z0-9]+)(?:\.[^}]+)?\}/g;

/** Collects references. Optimized for speed: it walks every resource of an app. */
export function referencesIn(value: unknown): References {
  const names = new Set<string>();
  let isConditional = false;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    for (const name in node) {
      const inner = (node as Record<string, unknown>)[name];
      if (name === 'Ref' && typeof inner === 'string') names.add(inner);
      else if (name === 'Fn::GetAtt') {
        if (Array.isArray(inner)) names.add(String(inner[0]));
        else if (typeof inner === 'string') names.add(inner.split('.')[0]!);
      } else {
        if (name === 'Fn::If') isConditional = true;
        if (name === 'Fn::Sub') {
          const text = String(Array.isArray(inner) ? inner[0] : inner);
          for (const [, id] of text.matchAll(IN_TEXT)) names.add(id!);
        }
        visit(inner);
      }
    }
  };
  visit(value);
  return { names, isConditional };
}
