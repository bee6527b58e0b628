import type { Context } from 'aws-lambda';
import { lambdaContext } from './lambda-context.js';

/** Handler that accepts clients of a test: created by `handle`, `route` or `worker`. */
interface Bound<Event, Result, Clients> {
  with(clients: Clients): (event: Event, context?: Context) => Promise<Result>;
}

interface Run<Event> {
  readonly event: Event;
  /** @default - `lambdaContext()` */
  readonly context?: Context;
}

/**
 * Calls a handler as Lambda does: the event and the result are converted to JSON and back. A `Date` arrives as text,
 * `undefined` is omitted, and a value that JSON cannot represent is an error.
 *
 * @param run.bind clients of the handler's needs, for example `fakes(handler)`; it may have further entries
 * @throws Error when a need is missing, or when the event or the result is not JSON
 * @example
 * import { fakes, runHandler } from 'cdk-trellis/testing';
 * import { handler } from '../lambda/place.js';
 *
 * const result = await runHandler(handler, { event: { orderId: '1' }, bind: fakes(handler) });
 */
export function runHandler<Event, Result, Clients>(
  handler: Bound<Event, Result, Clients>,
  run: Run<Event> & (keyof Clients extends never ? { readonly bind?: Clients } : { readonly bind: Clients }),
): Promise<Result>;
export function runHandler<Event, Result>(
  handler: ((event: Event, context: Context) => Promise<Result>) & { readonly with?: undefined },
  run: Run<Event> & { readonly bind?: undefined },
): Promise<Result>;
export async function runHandler(
  handler: object,
  { event, bind = {}, context = lambdaContext() }: Run<unknown> & { readonly bind?: unknown },
): Promise<unknown> {
  const sent = throughJson(event, 'event');
  const bound = bindAll(handler as AnyHandler, bind as Readonly<Record<string, unknown>>);
  return throughJson(await bound(sent, context), 'result');
}

interface AnyHandler extends Partial<Bound<unknown, unknown, unknown>> {
  (event: unknown, context: Context): unknown;
  readonly needs?: object;
}

function bindAll(handler: AnyHandler, bind: Readonly<Record<string, unknown>>) {
  const needs = Object.keys(handler.needs ?? {});
  const missing = needs.filter((name) => bind[name] === undefined);
  if (missing.length > 0) {
    const lines = missing.map((name) => `\`bind\` must have ${name}`);
    throw new Error(`${lines.join('\n')}\nThe handler needs ${needs.join(', ')}.`);
  }
  if (handler.with) return handler.with(bind);
  if (Object.keys(bind).length === 0) return handler;
  throw new Error(
    '`bind` was given, but the handler has no needs (or a middleware hides them). Pass the return value of `handle` or `route`.',
  );
}

/** Converts a value to JSON and back. Lambda converts `undefined`, the result of a function without one, to null. */
function throughJson(value: unknown, name: string): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch (error) {
    throw new Error(`The ${name} must be JSON, as Lambda sends it: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
