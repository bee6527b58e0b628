import { AsyncLocalStorage } from 'node:async_hooks';

const correlations = /* @__PURE__ */ new AsyncLocalStorage<string>();

/** Runs work as part of what the id stands for: whatever it publishes carries the id on. */
export function correlated<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
  return correlations.run(id, work);
}

/** The id of what is going on: that of the event or message being handled, else of the request's trace. */
export function correlationId(): string | undefined {
  return correlations.getStore() ?? /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];
}
