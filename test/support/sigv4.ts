import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * The headers by which AWS credentials sign a request, a GET by default; the query, if any, must be in
 * order. HTTP/2 has `:authority` in place of the host header.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signed(
  url: string,
  { accessKeyId, secretAccessKey }: Credentials,
  service = 'execute-api',
  { method = 'GET', body = '', hostHeader = 'host', payload = hash(body) } = {},
): Record<string, string> {
  const { host, pathname, searchParams } = new URL(url);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const headers = `${hostHeader}:${host}\nx-amz-date:${time}\n`;
  const path = pathname.split('/').map(encodeURIComponent).join('/');
  const request = [method, path, searchParams.toString(), headers, `${hostHeader};x-amz-date`, payload].join(
    '\n',
  );
  const text = ['AWS4-HMAC-SHA256', time, scope, hash(request)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return {
    'x-amz-date': time,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${hostHeader};x-amz-date, Signature=${signature}`,
  };
}
