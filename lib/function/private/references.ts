/** What a value of a template refers to. */
export interface References {
  /** Logical ids and names of parameters, also of pseudo parameters. */
  readonly names: ReadonlySet<string>;
  /** Whether it has an `Fn::If`. */
  readonly isConditional: boolean;
}

const IN_TEXT = /\$\{([A-Za-z0-9]+)(?:\.[^}]+)?\}/g;

/** Written for speed: it walks every resource of an app. */
export function referencesIn(value: unknown): References {
  const names = new Set<string>();
  let isConditional = false;
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if (Array.isArray(one)) {
      for (const each of one) visit(each);
      return;
    }
    for (const name in one) {
      const inner = (one as Record<string, unknown>)[name];
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
