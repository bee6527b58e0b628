// Lambda runtime in TypeScript, which Deno runs without a build step.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import process from 'node:process';

/** Context of an invocation. */
export interface Context {
  readonly requestId: string;
  readonly functionArn: string;
  /** X-Ray trace id, also in the environment variable _X_AMZN_TRACE_ID. */
  readonly traceId: string | undefined;
  /** Milliseconds until the function times out. */
  remaining(): number;
}

export type Handler = (event: unknown, context: Context) => unknown;

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

/** Loads a handler: `greeting.hello` is the export `hello` of greeting.ts. */
async function load(handler: string): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const [file, name] = [`${handler.slice(0, dot)}.ts`, handler.slice(dot + 1)];
  const module = await import(`file://${process.env.LAMBDA_TASK_ROOT}/${file}`);
  if (typeof module[name] === 'function') return module[name];
  throw Object.assign(new Error(`${name} is not a function exported by ${file}`), {
    name: 'Runtime.HandlerNotFound',
  });
}

async function report(path: string, error: unknown): Promise<void> {
  const reported = error instanceof Error ? error : new Error(String(error));
  console.error(reported);
  const body = {
    errorType: reported.name,
    errorMessage: reported.message,
    stackTrace: reported.stack?.split('\n').slice(1) ?? [],
  };
  await send(path, JSON.stringify(body), { 'Lambda-Runtime-Function-Error-Type': reported.name });
}

async function send(path: string, body: string, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${api}/${path}`, { method: 'POST', body, headers });
  await response.body?.cancel();
  // Lambda has already failed an invocation whose response it rejects (more than 6 MB).
  if (!response.ok) console.error(`Lambda returned ${response.status} for ${path}`);
}

async function next(): Promise<{ event: unknown; context: Context }> {
  // No time limit: between two events Lambda freezes this process, for minutes or hours.
  const response = await fetch(`${api}/invocation/next`);
  if (!response.ok) throw new Error(`Lambda returned ${response.status} for the next event`);
  const header = (name: string) => response.headers.get(`lambda-runtime-${name}`) ?? undefined;
  const deadline = Number(header('deadline-ms'));
  const context: Context = {
    requestId: header('aws-request-id') ?? '',
    functionArn: header('invoked-function-arn') ?? '',
    traceId: header('trace-id'),
    remaining: () => deadline - Date.now(),
  };
  return { event: await response.json(), context };
}

async function invoke(handler: Handler): Promise<void> {
  const { event, context } = await next();
  if (context.traceId) process.env._X_AMZN_TRACE_ID = context.traceId;
  else delete process.env._X_AMZN_TRACE_ID;
  const path = `invocation/${context.requestId}`;
  let response: string;
  try {
    // JSON.stringify returns undefined for values without a JSON form (a function, `undefined`).
    response = JSON.stringify(await handler(event, context)) ?? 'null';
  } catch (error) {
    return report(`${path}/error`, error);
  }
  await send(`${path}/response`, response);
}

let handler: Handler;
try {
  handler = await load(process.env._HANDLER ?? '');
} catch (error) {
  await report('init/error', error);
  process.exit(1);
}
while (true) await invoke(handler);
