/**
 * The code of the function that serves the documentation: it answers with texts that were made at synth, and 304 to
 * who has them already.
 */
export const HANDLER = `import { readFileSync } from 'node:fs';

const documents = JSON.parse(readFileSync(new URL('./documents.json', import.meta.url), 'utf8'));

export const handler = async ({ resource, headers }) => {
  const { body, ...document } = documents[resource];
  const known = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'if-none-match')?.[1] ?? '';
  const isKnown = known.split(/\\s*,\\s*/).some((tag) => tag === '*' || tag === document.headers.etag);
  return isKnown
    ? { statusCode: 304, headers: document.headers, body: '' }
    : { statusCode: 200, headers: document.headers, body };
};
`;
