/**
 * Headers and queries without a verified signature: some have the id of the root key, which every presigned URL has, and
 * some an id that MiniStack itself takes for root's.
 */
export function unverifiedCallers(rootKey: string): { header?: string; query?: string }[] {
  const credentials = [rootKey, 'test', '000000000000'].map(
    (key) => `${key}/20260101/us-east-1/s3/aws4_request`,
  );
  const headers = [
    undefined,
    'Bearer x',
    'AWS4-HMAC-SHA256',
    `aws4-hmac-sha256 Credential=${credentials[0]}, SignedHeaders=host, Signature=00`,
    ...credentials.map((key) => `AWS4-HMAC-SHA256 Credential=${key}, SignedHeaders=host, Signature=00`),
    `AWS4-ECDSA-P256-SHA256 Credential=${rootKey}/20260101/s3/aws4_request, SignedHeaders=host, Signature=00`,
    `AWS ${rootKey}:x`,
  ];
  const queries = [
    undefined,
    ...credentials.map(
      (key) => `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${key}&X-Amz-Signature=00`,
    ),
    `AWSAccessKeyId=${rootKey}&Signature=00`,
    `X-Amz-Credential=${credentials[0]}`,
  ];
  return headers.flatMap((header) => queries.map((query) => ({ header, query })));
}
