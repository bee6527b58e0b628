import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Download, Upload } from '../contract/upload.js';
import type { BucketClient } from './needs/bucket.js';

/** Options of `presignUpload`. */
export interface PresignUploadOptions {
  /** Exact key of the object: build it from the user's id and a random id, never from the file's name. */
  readonly key: string;
  /** Content type that the upload must declare. S3 does not inspect the file. */
  readonly contentType: string;
  /** Maximum size in bytes, at most 5 GB; S3 rejects larger files. */
  readonly maxBytes: number;
  /** Seconds until the upload must start. The function's own credentials may expire before. @default 300 */
  readonly expiresIn?: number;
}

/**
 * Returns a form that stores one file in S3, of this type, up to this size and under this key only. Anyone who has
 * the form can use it.
 *
 * It has at most the permissions of the function: the handler needs `bucket.write`. The bucket's CORS rules must allow
 * the page's origin.
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

/** Options of `presignDownload`. */
export interface PresignDownloadOptions {
  readonly key: string;
  /** File name for the browser's download. @default - the browser displays the file if it can */
  readonly saveAs?: string;
  /** Seconds until the download must start. The function's own credentials may expire before. @default 300 */
  readonly expiresIn?: number;
}

/** Returns a URL that reads one file of S3. Anyone who has it can use it. The handler needs `bucket.read`. */
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

/** Encodes a character that RFC 8187 reserves and `encodeURIComponent` leaves as it is. */
function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}
