import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Download, Upload } from '../contract/upload.js';
import type { BucketClient } from './needs/bucket.js';

export interface PresignUploadOptions {
  /** Where the file is stored, exactly: make it of the user's id and a fresh one, never of the file's name. */
  readonly key: string;
  /** What the file must say that it is. S3 does not look inside. */
  readonly contentType: string;
  /** Largest size in bytes, at most 5 GB; S3 refuses what is larger. */
  readonly maxBytes: number;
  /** Seconds until it must have begun. The function's own credentials may expire before. @default 300 */
  readonly expiresIn?: number;
}

/**
 * Lets whoever has the answer store one file in S3, of this type and at most this large, under this key and no other.
 *
 * It can do what the function may do: the handler needs `bucket.write`. The page's origin must be allowed by the
 * bucket's CORS rules.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export async function presignUpload(
  { bucketName, client }: BucketClient,
  { key, contentType, maxBytes, expiresIn = 300 }: PresignUploadOptions,
): Promise<Upload> {
  const { url, fields } = await createPresignedPost(client, {
    Bucket: bucketName,
    Key: key,
    Expires: expiresIn,
    Fields: { 'Content-Type': contentType },
    Conditions: [['content-length-range', 1, maxBytes]],
  });
  return { url, fields, expiresAt: inSeconds(expiresIn) };
}

export interface PresignDownloadOptions {
  readonly key: string;
  /** The name under which a browser saves the file. @default - it is shown, if the browser can */
  readonly saveAs?: string;
  /** Seconds until it must have begun. The function's own credentials may expire before. @default 300 */
  readonly expiresIn?: number;
}

/** Lets whoever has the URL read one file of S3. The handler needs `bucket.read`. */
export async function presignDownload(
  { bucketName, client }: BucketClient,
  { key, saveAs, expiresIn = 300 }: PresignDownloadOptions,
): Promise<Download> {
  const name =
    saveAs && `attachment; filename*=UTF-8''${encodeURIComponent(saveAs).replace(/['()*]/g, escaped)}`;
  const command = new GetObjectCommand({
    Bucket: bucketName,
    Key: key,
    ...(name && { ResponseContentDisposition: name }),
  });
  return { url: await getSignedUrl(client, command, { expiresIn }), expiresAt: inSeconds(expiresIn) };
}

/** What RFC 8187 wants encoded, too. */
function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}
