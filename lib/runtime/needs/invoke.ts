import { InvocationType, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { jsonText } from '../json-text.js';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** Module with a handler, such as `typeof import('./hello.js')`. */
// biome-ignore lint/suspicious/noExplicitAny: the handler's types are inferred where it is used.
type InvocableModule = { readonly handler: (event: any, context: any) => Promise<unknown> };

type EventOf<Module extends InvocableModule> = Parameters<Module['handler']>[0];
type ResultOf<Module extends InvocableModule> = Awaited<ReturnType<Module['handler']>>;

interface Invocable<Module extends InvocableModule> {
  readonly functionName: string;
  /** Module of the function, for the compiler only: the binding must have the same one. */
  readonly module?: Module;
  /** Checks that the function exists and may be invoked, without running it. */
  dryRun(event: EventOf<Module>): Promise<void>;
}

/** Another Lambda function, typed by its module, to call and wait for. */
export interface CallClient<Module extends InvocableModule> extends Invocable<Module> {
  /**
   * Invokes the function and waits for its result.
   *
   * @throws FunctionError when it fails
   */
  call(event: EventOf<Module>): Promise<ResultOf<Module>>;
}

/** Another Lambda function, typed by its module, to send events to. */
export interface SendClient<Module extends InvocableModule> extends Invocable<Module> {
  /** Sends the event without waiting: Lambda retries it, and moves it to the failure destination if all attempts fail. */
  send(event: EventOf<Module>): Promise<void>;
}

/** Error of a called function. */
export class FunctionError extends Error {
  /** The class of its error, as in `TypeError`. */
  readonly errorType: string;

  constructor(functionName: string, errorType: string, message: string) {
    super(`The function ${functionName} failed: ${errorType}: ${message}`);
    this.name = 'FunctionError';
    this.errorType = errorType;
  }
}

const client = /* @__PURE__ */ perRegion((place) => bounded(new LambdaClient({ ...REQUESTS, ...place })));

async function invokeFunction(functionName: string, InvocationType: InvocationType, event: unknown) {
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType,
    Payload: jsonText('The event', event ?? null),
  });
  const { FunctionError: failed, Payload } = await client(functionName).send(command);
  const text = Payload && Payload.byteLength > 0 ? new TextDecoder().decode(Payload) : 'null';
  const payload = JSON.parse(text);
  if (failed)
    throw new FunctionError(functionName, payload?.errorType ?? 'Error', payload?.errorMessage ?? text);
  return payload;
}

/**
 * Permission to invoke another function, typed by its module (only the type is imported).
 *
 * - `call`: waits for the result
 * - `send`: does not wait; an event that fails at all retries is moved to the function's failure queue
 *
 * @example
 * import { handle, invoke } from 'cdk-trellis/runtime';
 *
 * export const handler = handle(
 *   { place: invoke<typeof import('../lambda/place.js')>().call },
 *   async (event: { orderId: string }, { place }) => place.call(event),
 * );
 */
export function invoke<Module extends InvocableModule>() {
  const dryRun = (functionName: string) => (event: EventOf<Module>) =>
    invokeFunction(functionName, InvocationType.DryRun, event);
  const call: Need<'invoke', 'call', CallClient<Module>> = {
    kind: 'invoke',
    access: 'call',
    connect: (functionName) => ({
      functionName,
      call: (event) => invokeFunction(functionName, InvocationType.RequestResponse, event),
      dryRun: dryRun(functionName),
    }),
  };
  const send: Need<'invoke', 'send', SendClient<Module>> = {
    kind: 'invoke',
    access: 'send',
    connect: (functionName) => ({
      functionName,
      send: (event) => invokeFunction(functionName, InvocationType.Event, event),
      dryRun: dryRun(functionName),
    }),
  };
  return { call, send };
}
