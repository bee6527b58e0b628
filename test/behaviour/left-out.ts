/** Target of the suite. `foreign` is a LocalStack that the user started, without our plugin. */
export type SuiteTarget = 'local' | 'localstack' | 'foreign';

/** Expectations that a target cannot meet. */
export interface LeftOut {
  readonly file: string;
  /** Beginnings of their names, as in `a token › in a cookie`. @default - all of the file */
  readonly expectations?: readonly string[];
  readonly reason: string;
  /** Runs them and expects them to fail: the entry has to go as soon as the target can meet them. @default false */
  readonly tried?: boolean;
}

const NO_AUTHORIZERS = 'LocalStack runs no authorizers; our substitute would verify the token.';

const LOCALSTACK: readonly LeftOut[] = [
  {
    file: 'site.test.ts',
    reason: 'LocalStack has no CloudFront, so that the site has no address; and no Cognito to sign up at.',
  },
  {
    file: 'jobs.test.ts',
    reason: "LocalStack's Scheduler never fires; a rule takes its place, which a drill sees running.",
    tried: true,
  },
  {
    file: 'fuzz.test.ts',
    reason:
      'LocalStack closes the connection on an address of more than 16 KB, where API Gateway returns 414.',
  },
  {
    file: 'products.test.ts',
    expectations: ['changing products › is refused with a token '],
    reason: NO_AUTHORIZERS,
  },
  {
    file: 'bad-input.test.ts',
    expectations: ['a token › cut short', 'a token › signed with an unknown key'],
    reason: NO_AUTHORIZERS,
  },
  {
    file: 'bad-input.test.ts',
    expectations: ['an address ›'],
    reason: 'LocalStack takes no gateway responses from an OpenAPI body: unknown routes are its own 403.',
    tried: true,
  },
  {
    file: 'bad-input.test.ts',
    expectations: ['a body › of the content type multipart/form-data'],
    reason: 'LocalStack takes such a body apart and hands on something else.',
    tried: true,
  },
];

const SIGNED_IN = 'This LocalStack has no substitute for authorizers: no user can sign in.';

/** Expectations that are left out, by target. An entry that matches no expectation fails the run. */
export const LEFT_OUT: Readonly<Record<SuiteTarget, readonly LeftOut[]>> = {
  local: [],
  localstack: LOCALSTACK,
  foreign: [
    ...LOCALSTACK,
    { file: 'orders.test.ts', reason: SIGNED_IN },
    { file: 'stock.test.ts', reason: SIGNED_IN },
    {
      file: 'localstack/drill/types.test.ts',
      reason: 'A LocalStack of your own may be of another version or edition.',
    },
    {
      file: 'users.test.ts',
      expectations: ['a user ', 'of two changes', 'a name with HTML'],
      reason: SIGNED_IN,
    },
    {
      file: 'products.test.ts',
      expectations: [
        'a product › is created',
        'a product › that two administrators',
        'a product › that does not exist',
        'the stock of a product ›',
        'changing products › is refused to a customer',
      ],
      reason: SIGNED_IN,
    },
    { file: 'http.test.ts', expectations: ['the typed client › reports every error'], reason: SIGNED_IN },
    {
      file: 'bad-input.test.ts',
      expectations: ['a body ›', 'a token › in the right place'],
      reason: SIGNED_IN,
    },
  ],
};

/** Returns the reason for which an expectation is left out, if it is. */
export function reasonFor(leftOut: readonly LeftOut[], file: string, name: string): string | undefined {
  return entryFor(leftOut, file, name)?.reason;
}

/** Returns the entry that leaves an expectation out, if there is one. */
export function entryFor(leftOut: readonly LeftOut[], file: string, name: string): LeftOut | undefined {
  return leftOut.find((entry) => fits(entry, file, name));
}

/** Returns the entries that match no expectation. */
export function unused(
  leftOut: readonly LeftOut[],
  expectations: readonly { readonly file: string; readonly name: string }[],
): string[] {
  return leftOut.flatMap(({ file, expectations: starts = [''], reason }) =>
    starts
      .filter((start) => !expectations.some((one) => one.file === file && one.name.startsWith(start)))
      .map((start) => `${file}${start && `: ${start}`} (${reason})`),
  );
}

function fits({ file, expectations = [''] }: LeftOut, ownFile: string, name: string): boolean {
  return file === ownFile && expectations.some((start) => name.startsWith(start));
}
