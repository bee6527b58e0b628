import { DeadlineError } from './deadline.js';
import { currentInvocation } from './invocation.js';

/**
 * How a need's client calls. By default the SDK waits for ever, and `requestTimeout` alone only warns: it is an error
 * with `throwOnRequestTimeout`. https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/configure-http.html
 */
const REQUEST_HANDLER = { connectionTimeout: 1000, throwOnRequestTimeout: true } as const;

/** A call that takes longer is lost, and an attempt of its own is the better use of a function's time. */
const MAX_ATTEMPT = 3000;
const MIN_ATTEMPT = 100;

/** Options of a need's client, to be passed through `bounded`. */
export const REQUESTS = { requestHandler: REQUEST_HANDLER };

/**
 * Calls that rightly take long, and which a second attempt would not make faster: they have all the time that is left.
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

/** The reader of these determines how long the body takes. */
const STREAMED = new Set([
  'GetObjectCommand',
  'GetObjectTorrentCommand',
  'SelectObjectContentCommand',
  'InvokeWithResponseStreamCommand',
]);

/** How a value that is kept for a while is read. */
export interface FetchOptions {
  readonly maxAge?: number;
  readonly forceFetch?: boolean;
}

/** What is common to the SDK's clients. */
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
 * Gives each attempt of a client's calls a time limit that follows from what is left of the invocation, so that all
 * attempts fit into it: a connection that hangs becomes a TimeoutError, which the SDK retries, and no timeout of the
 * function. The limit holds until the whole response has been read.
 *
 * What the caller passes wins: `client.send(command, { requestTimeout })`; 0 is no limit.
 */
export function bounded<SdkClient extends object>(client: SdkClient): SdkClient {
  const { config, middlewareStack } = client as Client;
  const commands = new WeakMap<object, string>();
  const handler = config.requestHandler as { handle: Handle };
  const handle = handler.handle.bind(handler);
  // The innermost step: nothing copies the request after it, and it runs for each attempt.
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
  // Of these only the acceptance is waited for.
  const isAccepted = ['Event', 'DryRun'].includes(headers['x-amz-invocation-type'] ?? '');
  return LONG.has(command) && !isAccepted;
}

/** @throws DeadlineError when the work that makes the call was reported as failed */
function attemptTime({ headers }: Request, takesAll: boolean): number | undefined {
  const lifetime = currentInvocation()?.lifetime;
  if (lifetime?.isOver) throw new DeadlineError();
  // A tenth is for what the handler does when the call has failed.
  const left = lifetime && (lifetime.endsAt - Date.now()) * 0.9;
  // Work that goes on after its invocation has ended has no share in the time of the next one.
  const hasEnded = left !== undefined && left < -MAX_ATTEMPT;
  if (left === undefined || hasEnded) return takesAll ? undefined : MAX_ATTEMPT;
  if (takesAll) return Math.max(MIN_ATTEMPT, left);
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
  const [, attempt = '1', max = '1'] =
    /attempt=(\d+); max=(\d+)/.exec(headers['amz-sdk-request'] ?? '') ?? [];
  const attempts = Math.max(1, Number(max) - Number(attempt) + 1);
  return Math.min(MAX_ATTEMPT, Math.max(MIN_ATTEMPT, left / attempts));
}

/** A response may begin and never end: the SDK's own timeout ends with the headers. */
function boundBody(body: Body | undefined, left: number, limit: number): void {
  if (!body?.once || !body.destroy) return;
  const timer = setTimeout(
    () => {
      // Also where nobody reads it.
      body.once?.('error', () => {});
      const message = `The response was not complete within ${Math.round(limit)} ms`;
      body.destroy?.(Object.assign(new Error(message), { name: 'TimeoutError', code: 'ETIMEDOUT' }));
    },
    Math.max(0, left),
  );
  body.once('close', () => clearTimeout(timer));
}
