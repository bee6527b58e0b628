import type { HttpRequest, HttpResponse } from './message.js';

/** Reads a `Request` of a browser or of Node, before an operation is matched. */
export async function readRequest(
  request: Request,
  basePath: string,
): Promise<Omit<HttpRequest, 'params' | 'body'> & { readonly path: string; readonly body: Uint8Array }> {
  const { pathname, searchParams } = new URL(request.url);
  const query = [...new Set(searchParams.keys())].map((name) => {
    const values = searchParams.getAll(name);
    return [name, values.length === 1 ? values[0]! : values] as const;
  });
  return {
    method: request.method,
    path: pathname.startsWith(basePath) ? pathname.slice(basePath.length) : pathname,
    requestId: crypto.randomUUID(),
    query: Object.fromEntries(query),
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

/** Returns a response as `fetch` does. */
export function toResponse({ status, headers: texts, cookies = [], body }: HttpResponse): Response {
  const isEmpty = body.length === 0;
  const headers = new Headers(texts);
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(isEmpty ? null : (body as BodyInit), { status, headers });
}
