// The code of the function; it runs in the runtime of runtime.ts.

/** What it takes of the runtime's context. */
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
  if (event.name === 'fail') throw new GreetingRefused('nobody is "there"');
  count += 1;
  return {
    greeting: `Hello ${event.name ?? 'you'}`,
    /** Environments are kept for some time: what is outside of the handler stays. */
    greetingsHere: count,
    requestId,
    traceId,
    remainingMs: remaining(),
  };
}
