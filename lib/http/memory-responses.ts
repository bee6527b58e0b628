import type { KeyedRequest, KnownRequest, ResponseStore } from './idempotent.js';
import type { HttpResponse } from './message.js';

interface Entry {
  readonly content: string;
  readonly expiresAt: number;
  reply?: HttpResponse;
}

/** Responses by the keys of their requests, in this process: for mocks and unit tests. */
export function memoryResponses(): ResponseStore {
  const entries = new Map<string, Entry>();
  return {
    async begin({ scope, key, content, expiresAfterSeconds }: KeyedRequest): Promise<KnownRequest> {
      const id = JSON.stringify([...scope, key]);
      const print = JSON.stringify(content.map((part) => (typeof part === 'string' ? part : [...part])));
      const known = entries.get(id);
      if (known && known.expiresAt > Date.now()) {
        if (known.content !== print) return { status: 'other' };
        // A copy: what is added to one response must not be in the next.
        return known.reply
          ? { status: 'done', reply: { ...known.reply, headers: { ...known.reply.headers } } }
          : { status: 'running', retryAfterSeconds: 1 };
      }
      const entry: Entry = { content: print, expiresAt: Date.now() + expiresAfterSeconds * 1000 };
      entries.set(id, entry);
      return {
        status: 'new',
        async finish(reply) {
          entry.reply = { ...reply, headers: { ...reply.headers } };
          return reply;
        },
        async abandon() {
          entries.delete(id);
        },
      };
    },
  };
}
