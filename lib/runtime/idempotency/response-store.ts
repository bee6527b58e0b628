import { createHash } from 'node:crypto';
import type { HttpResponse } from '../../http/message.js';
import type { KeyedRequest, RequestState, ResponseStore } from '../../http/serve-once.js';
import { logger } from '../logger.js';
import type { IdempotencyClient } from '../needs/idempotency.js';
import { type Clients, type Needs, variableOf } from '../needs/need.js';
import { RESPONSES_NEED } from '../responses-variable.js';
import { keep } from './kept-result.js';
import { type ExistingWork, WorkRecord } from './work-record.js';

/** Creates a store of responses by the keys of their requests, in a table. */
export function responseStore(tableName: string): ResponseStore {
  return {
    async begin({ scope, key, content, expiresAfterSeconds }: KeyedRequest): Promise<RequestState> {
      const fingerprint = digest(content);
      const id = `${process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local'}#key#${digest([...scope, key])}`;
      const record = await WorkRecord.begin({ tableName, id, expiresAfterSeconds, fingerprint });
      if (!(record instanceof WorkRecord)) return requestOf(record);
      return {
        status: 'new',
        finish: (response) => finish(record, response),
        abandon: () =>
          record.abandon().catch((error: Error) => {
            // The lease expires.
            logger().warn('The idempotency key of a failed request could not be released', { error });
          }),
      };
    },
  };
}

async function finish(record: WorkRecord, response: HttpResponse): Promise<HttpResponse> {
  const kept = keep(response);
  if ('reason' in kept) {
    logger().warn('The response was not recorded: a repeated request gets 409', { reason: kept.reason });
  }
  try {
    const earlier = await record.finish(kept);
    // Another invocation finished first, because this one had lost its lease: both return the same response.
    return earlier?.status === 'done' && 'value' in earlier.result
      ? (earlier.result.value() as HttpResponse)
      : response;
  } catch (error) {
    logger().error('The response could not be recorded: a repeated request will be handled again', {
      error: error as Error,
    });
    return response;
  }
}

function requestOf(work: ExistingWork): RequestState {
  if (work.status === 'other') return work;
  if (work.status === 'done') {
    return 'reason' in work.result
      ? { status: 'unkept' }
      : { status: 'done', response: work.result.value() as HttpResponse };
  }
  // Wait as long as it has been running, but not beyond the end of its lease.
  const now = Date.now();
  const wait = Math.min(now - work.begunAt, work.endsAt - now);
  return { status: 'running', retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) };
}

/** Returns a hash of several parts. It includes their lengths, so that moving a boundary changes the hash. */
function digest(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.byteLength}:`).update(bytes);
  }
  return hash.digest('base64url');
}

/**
 * Returns the table with an operation's responses: that of its API, or that of an `idempotency()` among its needs.
 *
 * @throws Error if there is neither
 */
export function responsesTable(needs: Needs, clients: () => Clients<Needs>): string {
  const variable = variableOf(RESPONSES_NEED.name, RESPONSES_NEED.kind);
  const [need] = Object.entries(needs).find(([, { kind }]) => kind === 'idempotency') ?? [];
  const table = process.env[variable] || (need && (clients()[need] as IdempotencyClient).tableName);
  if (table) return table;
  throw new Error(
    `An \`idempotent\` operation must have a table for its responses (environment variable ${variable}). Deploy it with Api, which has one, or add \`idempotency()\` to the needs of its \`route\`.`,
  );
}
