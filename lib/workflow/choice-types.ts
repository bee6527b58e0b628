/** Paths of a context whose values select a case: `input.method`. */
export type ChoicePath<Context, Depth extends readonly unknown[] = []> = Depth['length'] extends 5
  ? never
  : {
      [Key in keyof Context & string]: IsChoice<Context[Key]> extends true
        ? Key
        : Context[Key] extends readonly unknown[]
          ? never
          : NonNullable<Context[Key]> extends object
            ? `${Key}.${ChoicePath<NonNullable<Context[Key]>, [...Depth, unknown]>}`
            : never;
    }[keyof Context & string];

/** `true` for a type with named values: literal strings, or a boolean. */
export type IsChoice<Value> = [NonNullable<Value>] extends [string | boolean]
  ? string extends NonNullable<Value>
    ? false
    : true
  : false;

/** Cases of a path of the context. */
export type CaseOf<Context, Path extends string> = Path extends `${infer Key}.${infer Rest}`
  ? Key extends keyof Context
    ? CaseOf<NonNullable<Context[Key]>, Rest>
    : never
  : Path extends keyof Context
    ? NameOf<Context[Path]>
    : never;

/** Names of the values of a choice: `card`, `true`. */
export type NameOf<Value> = `${NonNullable<Value> & (string | boolean)}`;
