import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpResponse } from '../../http/message.js';

/** Maximum of a function's response, less a reserve for the headers. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 - 20_000;

/** Result for a REST API (payload 1.0), or for an HTTP API or a function URL (payload 2.0). */
export type GatewayResult = APIGatewayProxyResult & Pick<APIGatewayProxyStructuredResultV2, 'cookies'>;

/**
 * Converts a response to the form of a payload. Each form has its own field for several cookies.
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
 * Rejects a response that exceeds Lambda's limit, so that the error is logged here and the caller gets a problem.
 *
 * @throws Error if the response is too large
 */
export function assertResponseSize({ body }: HttpResponse): void {
  // Bytes have their own limit. Most responses are so small that counting their bytes is unnecessary.
  if (typeof body !== 'string' || body.length < MAX_RESPONSE_BYTES / 6) return;
  // The function's result is JSON, in which a quotation mark takes two bytes.
  const size = Buffer.byteLength(JSON.stringify(body));
  if (size > MAX_RESPONSE_BYTES) {
    throw new Error(
      `The response is ${size} bytes; Lambda returns at most ${MAX_RESPONSE_BYTES}. Return a page, or an S3 URL.`,
    );
  }
}
