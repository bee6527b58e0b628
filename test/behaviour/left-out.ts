/** Where the suite runs: `foreign` is a LocalStack of the user's, which has nothing of ours. */
export type SuiteTarget = 'local' | 'localstack' | 'foreign';

/** Expectations that a target cannot meet. */
export interface LeftOut {
  readonly file: string;
  /** How their names start, as in `a token › in a cookie`. @default - all of the file */
  readonly expectations?: readonly string[];
  readonly reason: string;
  /** Whether they are tried, and expected to fail: the entry has to go as soon as the target can meet them. */
  readonly tried?: boolean;
}

const STAND_IN =
  'LocalStack does not carry out authorizers; our stand-in would decide whether a token is good.';

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
      'LocalStack closes the connection on an address of more than 16 KB, where API Gateway answers 414.',
  },
  {
    file: 'products.test.ts',
    expectations: ['who may change products › is nobody with a token '],
    reason: STAND_IN,
  },
  {
    file: 'bad-input.test.ts',
    expectations: ['a token › cut short', 'a token › signed by nobody'],
    reason: STAND_IN,
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

const SIGNED_IN = 'This LocalStack has no stand-in for authorizers: nobody is signed in there.';

/** All that is left out, in one place; an entry that fits no expectation fails the run. */
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
        'who may change products › is not a customer',
      ],
      reason: SIGNED_IN,
    },
    { file: 'http.test.ts', expectations: ['the typed client › is told every error'], reason: SIGNED_IN },
    {
      file: 'bad-input.test.ts',
      expectations: ['a body ›', 'a token › in the right place'],
      reason: SIGNED_IN,
    },
  ],
};

/** Why an expectation is left out, if it is. */
export function reasonFor(leftOut: readonly LeftOut[], file: string, name: string): string | undefined {
  return entryFor(leftOut, file, name)?.reason;
}

/** The entry that an expectation is left out by, if it is. */
export function entryFor(leftOut: readonly LeftOut[], file: string, name: string): LeftOut | undefined {
  return leftOut.find((entry) => fits(entry, file, name));
}

/** Entries that fit none of the expectations there are. */
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
