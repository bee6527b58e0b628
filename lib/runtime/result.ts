import type { APIGatewayProxyResult } from 'aws-lambda';
import type { HttpReply } from '../http/message.js';

/** What a function may return, less some for the headers. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_REPLY_BYTES = 6 * 1024 * 1024 - 20_000;

/** What a function returns to API Gateway or to a function URL. */
export function toResult({ status, headers, body }: HttpReply): APIGatewayProxyResult {
  if (typeof body === 'string') return { statusCode: status, headers: { ...headers }, body };
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return {
    statusCode: status,
    headers: { ...headers },
    body: bytes.toString('base64'),
    isBase64Encoded: true,
  };
}

/**
 * Refuses what Lambda would refuse, so that it is logged here and the caller gets a problem.
 *
 * @throws Error when the reply is larger than Lambda takes
 */
export function refuseTooLarge({ body }: HttpReply): void {
  // Bytes have a limit of their own. Most replies are small: it is not worth to count what cannot be too large.
  if (typeof body !== 'string' || body.length < MAX_REPLY_BYTES / 6) return;
  // The function's result is JSON, in which a quotation mark takes two bytes.
  const size = Buffer.byteLength(JSON.stringify(body));
  if (size > MAX_REPLY_BYTES) {
    throw new Error(
      `The reply takes ${size} bytes, Lambda sends ${MAX_REPLY_BYTES}: answer a page at a time, or a URL of S3`,
    );
  }
}
