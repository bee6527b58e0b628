import type { HttpResponse } from './message.js';
import type { KeyedRequest, RequestState, ResponseStore } from './serve-once.js';

interface Entry {
  readonly content: string;
  readonly expiresAt: number;
  response?: HttpResponse;
}

/** Creates a response store in memory, for mocks and unit tests. */
export function memoryResponses(): ResponseStore {
  const entries = new Map<string, Entry>();
  return {
    async begin({ scope, key, content, expiresAfterSeconds }: KeyedRequest): Promise<RequestState> {
      const id = JSON.stringify([...scope, key]);
      const fingerprint = JSON.stringify(
        content.map((part) => (typeof part === 'string' ? part : [...part])),
      );
      const entry = entries.get(id);
      if (entry && entry.expiresAt > Date.now()) {
        if (entry.content !== fingerprint) return { status: 'other' };
        // A copy, because callers add headers to the response.
        return entry.response
          ? { status: 'done', response: { ...entry.response, headers: { ...entry.response.headers } } }
          : { status: 'running', retryAfterSeconds: 1 };
      }
      const created: Entry = { content: fingerprint, expiresAt: Date.now() + expiresAfterSeconds * 1000 };
      entries.set(id, created);
      return {
        status: 'new',
        async finish(response) {
          created.response = { ...response, headers: { ...response.headers } };
          return response;
        },
        async abandon() {
          entries.delete(id);
        },
      };
    },
  };
}
