import { createHash } from 'node:crypto';
import type { KeyedRequest, RequestState, ResponseStore } from '../../http/idempotent.js';
import type { HttpResponse } from '../../http/message.js';
import { logger } from '../logger.js';
import type { IdempotencyClient } from '../needs/idempotency.js';
import { type Clients, type Needs, variableOf } from '../needs/need.js';
import { RESPONSES_NEED } from '../responses-variable.js';
import { keep } from './kept-result.js';
import { type Known, WorkRecord } from './work-record.js';

/** Responses by the keys of their requests, in a table. */
export function responseStore(tableName: string): ResponseStore {
  return {
    async begin({ scope, key, content, expiresAfterSeconds }: KeyedRequest): Promise<RequestState> {
      const fingerprint = digest(content);
      const id = `${process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local'}#key#${digest([...scope, key])}`;
      const record = await WorkRecord.begin({ tableName, id, expiresAfterSeconds, fingerprint });
      if (!(record instanceof WorkRecord)) return knownRequest(record);
      return {
        status: 'new',
        finish: (reply) => finish(record, reply),
        abandon: () =>
          record.abandon().catch((error: Error) => {
            // The lease ends by itself.
            logger().warn('The idempotency key of a failed request could not be released', { error });
          }),
      };
    },
  };
}

async function finish(record: WorkRecord, reply: HttpResponse): Promise<HttpResponse> {
  const kept = keep(reply);
  if ('reason' in kept) {
    logger().warn('The response is not kept: a repeated request gets 409', { reason: kept.reason });
  }
  try {
    const other = await record.finish(kept);
    // Another invocation was first, as this one had lost its lease: both send its response.
    return other?.status === 'done' && 'value' in other.result
      ? (other.result.value() as HttpResponse)
      : reply;
  } catch (error) {
    logger().error('The response could not be kept: a repeated request will be served again', {
      error: error as Error,
    });
    return reply;
  }
}

function knownRequest(known: Known): RequestState {
  if (known.status === 'other') return known;
  if (known.status === 'done') {
    return 'reason' in known.result
      ? { status: 'unkept' }
      : { status: 'done', response: known.result.value() as HttpResponse };
  }
  // As long again as it has been running, and not after the end of its lease.
  const now = Date.now();
  const wait = Math.min(now - known.begunAt, known.endsAt - now);
  return { status: 'running', retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) };
}

/** Unlike a text of all parts it does not depend on what is in them: the length of each is a part of it. */
function digest(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.byteLength}:`).update(bytes);
  }
  return hash.digest('base64url');
}

/**
 * The table that keeps an operation's responses: that of its API, or that of an `idempotency()` among its needs.
 *
 * @throws Error when there is none
 */
export function responsesTable(needs: Needs, clients: () => Clients<Needs>): string {
  const variable = variableOf(RESPONSES_NEED.name, RESPONSES_NEED.kind);
  const [own] = Object.entries(needs).find(([, { kind }]) => kind === 'idempotency') ?? [];
  const table = process.env[variable] || (own && (clients()[own] as IdempotencyClient).tableName);
  if (table) return table;
  throw new Error(
    `The operation is \`idempotent\`, but nothing keeps its responses (environment variable ${variable}). Deploy it with Api, which has a table for them, or add \`idempotency()\` to the needs of its \`route\`..`,
  );
}
