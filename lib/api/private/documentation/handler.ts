/**
 * The code of the function that serves the documentation: it returns the documents generated at synthesis, or 304 when
 * `If-None-Match` has the current ETag.
 */
export const HANDLER = `import { readFileSync } from 'node:fs';

const documents = JSON.parse(readFileSync(new URL('./documents.json', import.meta.url), 'utf8'));

export const handler = async ({ resource, headers }) => {
  const { body, ...document } = documents[resource];
  const cached = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'if-none-match')?.[1] ?? '';
  const isCurrent = cached.split(/\\s*,\\s*/).some((tag) => tag === '*' || tag === document.headers.etag);
  return isCurrent
    ? { statusCode: 304, headers: document.headers, body: '' }
    : { statusCode: 200, headers: document.headers, body };
};
`;
