import { bucket, presignUpload, route } from 'cdk-trellis/runtime';
import { everythingApi } from '../contract.js';

export const handler = route(
  everythingApi.startUpload,
  { photos: bucket.write },
  async ({ requestId }, { photos }) => {
    const key = `uploads/${requestId}`;
    const upload = await presignUpload(photos, { key, contentType: 'text/plain', maxBytes: 10 });
    return { status: 201, body: { upload, key } };
  },
);
