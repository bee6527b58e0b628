import type { S3Event } from 'aws-lambda';
import { REGION } from './lambda-context.js';

/** Options of `s3Event`. */
export interface S3ObjectEvent {
  readonly bucket: string;
  /** Key of the object; the event has it encoded, as S3 does. */
  readonly key: string;
  /** @default 'ObjectCreated:Put' */
  readonly eventName?: string;
  /** Size in bytes. @default 1024; absent in the event of a deletion */
  readonly size?: number;
  /** @default - the bucket has no versioning */
  readonly versionId?: string;
}

/**
 * Creates the event of an S3 notification. Its key is encoded as in a query string, and a handler must decode it.
 *
 * @example
 * import { s3Event } from 'cdk-trellis/testing';
 *
 * const event = s3Event({ bucket: 'uploads', key: 'red flower.jpg' });
 * event.Records[0]?.s3.object.key; // 'red+flower.jpg'
 */
export function s3Event(options: S3ObjectEvent): S3Event {
  const { bucket, key, eventName = 'ObjectCreated:Put', size = 1024, versionId } = options;
  const exists = eventName.startsWith('ObjectCreated:');
  const object = {
    key: encoded(key),
    ...(exists && { size, eTag: 'd41d8cd98f00b204e9800998ecf8427e' }),
    ...(versionId !== undefined && { versionId }),
    sequencer: '0055AED6DCD90281E5',
  };
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: REGION,
        eventTime: '2026-01-01T00:00:00.000Z',
        eventName,
        userIdentity: { principalId: 'AWS:AIDAEXAMPLE' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': '0000000000000000', 'x-amz-id-2': 'host' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'notification',
          bucket: {
            name: bucket,
            ownerIdentity: { principalId: 'A0000000000000' },
            arn: `arn:aws:s3:::${bucket}`,
          },
          object: object as S3Event['Records'][number]['s3']['object'],
        },
      },
    ],
  };
}

/** Encodes a key like Java's URLEncoder, except for slashes. */
function encoded(key: string): string {
  const strict = encodeURIComponent(key).replace(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return strict.replaceAll('%20', '+').replaceAll('%2F', '/');
}
