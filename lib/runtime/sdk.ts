import { DeadlineError } from './deadline.js';
import { currentInvocation } from './invocation.js';

/**
 * Timeouts of a need's client. By default the SDK waits forever, and `requestTimeout` alone only logs a warning; with
 * `throwOnRequestTimeout` it throws.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/configure-http.html
 */
const REQUEST_HANDLER = { connectionTimeout: 1000, throwOnRequestTimeout: true } as const;

/** Milliseconds of one attempt: a longer call rarely succeeds, and another attempt uses the function's time better. */
const MAX_ATTEMPT = 3000;
const MIN_ATTEMPT = 100;

/** Options of a need's client, which must be passed through `bounded`. */
export const REQUESTS = { requestHandler: REQUEST_HANDLER };

/**
 * Calls that take long by nature, and that a second attempt would not speed up: they get all the remaining time.
 * Those of Cognito wait for the user pool's triggers, each for up to 5 seconds.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
const LONG = new Set([
  'PutObjectCommand',
  'UploadPartCommand',
  'UploadPartCopyCommand',
  'CopyObjectCommand',
  'CompleteMultipartUploadCommand',
  'SelectObjectContentCommand',
  'ReceiveMessageCommand',
  'StartSyncExecutionCommand',
  'TestStateCommand',
  'InvokeCommand',
  'InvokeWithResponseStreamCommand',
  'AdminConfirmSignUpCommand',
  'AdminCreateUserCommand',
  'AdminInitiateAuthCommand',
  'AdminResetUserPasswordCommand',
  'AdminRespondToAuthChallengeCommand',
  'AdminUpdateUserAttributesCommand',
  'ConfirmForgotPasswordCommand',
  'ConfirmSignUpCommand',
  'ForgotPasswordCommand',
  'GetUserAttributeVerificationCodeCommand',
  'InitiateAuthCommand',
  'ResendConfirmationCodeCommand',
  'RespondToAuthChallengeCommand',
  'SignUpCommand',
  'UpdateUserAttributesCommand',
]);

/** Calls with a streamed body: its reader determines how long it takes. */
const STREAMED = new Set([
  'GetObjectCommand',
  'GetObjectTorrentCommand',
  'SelectObjectContentCommand',
  'InvokeWithResponseStreamCommand',
]);

/** Options of reading a cached value. */
export interface FetchOptions {
  readonly maxAge?: number;
  readonly forceFetch?: boolean;
}

/** Common part of the SDK's clients. */
interface Client {
  readonly config: { requestHandler: { handle: unknown } };
  readonly middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: the types of each client's own middleware differ.
    add(middleware: any, options: any): void;
  };
}

interface Request {
  readonly headers: Readonly<Record<string, string>>;
}

interface HandlerOptions {
  readonly requestTimeout?: number;
}

interface Handled {
  readonly response: { readonly body?: Body };
}

interface Body {
  once?(event: 'close' | 'error', listener: () => void): void;
  destroy?(error: Error): void;
}

type Handle = (request: Request, options?: HandlerOptions) => Promise<Handled>;

/**
 * Gives each attempt of a client's calls a time limit derived from the remaining time of the invocation, so that all
 * attempts fit into it. A connection that hangs becomes a TimeoutError, which the SDK retries, instead of a timeout of
 * the function. The limit includes reading the whole response.
 *
 * The caller's option overrides it: `client.send(command, { requestTimeout })`; 0 means no limit.
 */
export function bounded<SdkClient extends object>(client: SdkClient): SdkClient {
  const { config, middlewareStack } = client as Client;
  const commands = new WeakMap<object, string>();
  const handler = config.requestHandler as { handle: Handle };
  const handle = handler.handle.bind(handler);
  // The innermost step runs for each attempt, and nothing copies the request after it.
  middlewareStack.add(
    (next: (args: object) => unknown, { commandName = '' }: { readonly commandName?: string }) =>
      (args: { readonly request: object }) => {
        commands.set(args.request, commandName);
        return next(args);
      },
    { step: 'deserialize', priority: 'low', name: 'trellisCommandName' },
  );
  handler.handle = async (request, options = {}) => {
    const command = commands.get(request) ?? '';
    if (options.requestTimeout !== undefined) return handle(request, options);
    const limit = attemptTime(request, isLong(command, request));
    if (limit === undefined) return handle(request, options);
    const startedAt = Date.now();
    const handled = await handle(request, { ...options, requestTimeout: limit });
    if (!STREAMED.has(command)) boundBody(handled.response.body, limit - (Date.now() - startedAt), limit);
    return handled;
  };
  return client;
}

function isLong(command: string, { headers }: Request): boolean {
  // Asynchronous invocations return as soon as Lambda has accepted them.
  const isAccepted = ['Event', 'DryRun'].includes(headers['x-amz-invocation-type'] ?? '');
  return LONG.has(command) && !isAccepted;
}

/** Returns the limit of an attempt in milliseconds. @throws DeadlineError if the calling work was reported as failed */
function attemptTime({ headers }: Request, isLongCall: boolean): number | undefined {
  const lifetime = currentInvocation()?.lifetime;
  if (lifetime?.isOver) throw new DeadlineError();
  // A tenth is reserved for the handler's reaction to a failed call.
  const left = lifetime && (lifetime.endsAt - Date.now()) * 0.9;
  // Work that continues after its invocation has ended does not share the time of the next one.
  const hasEnded = left !== undefined && left < -MAX_ATTEMPT;
  if (left === undefined || hasEnded) return isLongCall ? undefined : MAX_ATTEMPT;
  if (isLongCall) return Math.max(MIN_ATTEMPT, left);
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
  const [, attempt = '1', max = '1'] =
    /attempt=(\d+); max=(\d+)/.exec(headers['amz-sdk-request'] ?? '') ?? [];
  const attempts = Math.max(1, Number(max) - Number(attempt) + 1);
  return Math.min(MAX_ATTEMPT, Math.max(MIN_ATTEMPT, left / attempts));
}

/** Limits the time of reading a body: the SDK's own timeout ends with the headers. */
function boundBody(body: Body | undefined, left: number, limit: number): void {
  if (!body?.once || !body.destroy) return;
  const timer = setTimeout(
    () => {
      // A body without a reader has no listener, and its error would crash the process.
      body.once?.('error', () => {});
      const message = `The response was not complete within ${Math.round(limit)} ms`;
      body.destroy?.(Object.assign(new Error(message), { name: 'TimeoutError', code: 'ETIMEDOUT' }));
    },
    Math.max(0, left),
  );
  body.once('close', () => clearTimeout(timer));
}
