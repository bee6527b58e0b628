import type { S3Event } from 'aws-lambda';
import { REGION } from './lambda-context.js';

export interface S3ObjectEvent {
  readonly bucket: string;
  /** The key as it is; in the event it is encoded, as S3 does it. */
  readonly key: string;
  /** @default 'ObjectCreated:Put' */
  readonly eventName?: string;
  /** In bytes. @default 1024; an event of a deletion has none */
  readonly size?: number;
  /** @default - the bucket keeps no versions */
  readonly versionId?: string;
}

/**
 * The event that S3 invokes a function with. The key in it is encoded as in a query string: a handler has to decode it.
 *
 * @example
 * import { s3Event } from 'cdk-trellis/testing';
 *
 * const event = s3Event({ bucket: 'uploads', key: 'red flower.jpg' });
 * event.Records[0]?.s3.object.key; // 'red+flower.jpg'
 */
export function s3Event(options: S3ObjectEvent): S3Event {
  const { bucket, key, eventName = 'ObjectCreated:Put', size = 1024, versionId } = options;
  const isThere = eventName.startsWith('ObjectCreated:');
  const object = {
    key: encoded(key),
    ...(isThere && { size, eTag: 'd41d8cd98f00b204e9800998ecf8427e' }),
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

/** As Java's URLEncoder does it, but for slashes. */
function encoded(key: string): string {
  const strict = encodeURIComponent(key).replace(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return strict.replaceAll('%20', '+').replaceAll('%2F', '/');
}
