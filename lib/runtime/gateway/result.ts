import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpResponse } from '../../http/message.js';

/** What a function may return, less some for the headers. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_REPLY_BYTES = 6 * 1024 * 1024 - 20_000;

/** What a function returns to a REST API (payload 1.0), or to an HTTP API or a function URL (payload 2.0). */
export type GatewayResult = APIGatewayProxyResult & Pick<APIGatewayProxyStructuredResultV2, 'cookies'>;

/**
 * Returns a reply in the form of a payload. Each has a place of its own for several cookies.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toResult(
  { status, headers, cookies, body }: HttpResponse,
  payload: '1.0' | '2.0',
): GatewayResult {
  const result = {
    statusCode: status,
    headers: { ...headers },
    ...(cookies && payload === '1.0' && { multiValueHeaders: { 'set-cookie': [...cookies] } }),
    ...(cookies && payload === '2.0' && { cookies: [...cookies] }),
  };
  if (typeof body === 'string') return { ...result, body };
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { ...result, body: bytes.toString('base64'), isBase64Encoded: true };
}

/**
 * Refuses what Lambda would refuse, so that it is logged here and the caller gets a problem.
 *
 * @throws Error when the reply is larger than Lambda takes
 */
export function refuseTooLarge({ body }: HttpResponse): void {
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
