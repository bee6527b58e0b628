import type { Upload } from '../contract/upload.js';
import { CallError } from './errors.js';

/**
 * Sends a file to S3 with a presigned form.
 *
 * @throws CallError when S3 does not respond (`network`) or rejects the file (`unexpected`): it is too large, has another
 *   type, or the form has expired
 */
export async function upload(
  { url, fields }: Upload,
  file: Blob,
  options: { readonly signal?: AbortSignal; readonly fetch?: typeof fetch } = {},
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // Last, because S3 ignores the fields after the file.
  form.append('file', file);
  const send = options.fetch ?? globalThis.fetch;
  const response = await send(url, { method: 'POST', body: form, signal: options.signal ?? null }).catch(
    (error) => {
      if (options.signal?.aborted) throw options.signal.reason;
      throw new CallError('network', 'upload', `cannot reach ${url}`, undefined, error);
    },
  );
  if (response.ok) return;
  const { status, headers } = response;
  const text = await response.text();
  throw new CallError('unexpected', 'upload', `S3 returned ${status}`, { status, headers, text });
}
