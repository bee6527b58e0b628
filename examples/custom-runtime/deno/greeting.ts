// Handler of the function. runtime.ts loads and calls it.

/** Properties of the runtime's context that the handler uses. */
interface Context {
  readonly requestId: string;
  readonly traceId?: string;
  remaining(): number;
}

class GreetingRefused extends Error {
  override name = 'GreetingRefused';
}

let count = 0;

export async function hello(event: { name?: string }, { requestId, traceId, remaining }: Context) {
  if (event.name === 'fail') throw new GreetingRefused('the name is "fail"');
  count += 1;
  return {
    greeting: `Hello ${event.name ?? 'you'}`,
    /** Number of greetings in this execution environment. Lambda reuses it, so module state persists. */
    greetingsHere: count,
    requestId,
    traceId,
    remainingMs: remaining(),
  };
}
