import * as z from 'zod';

/**
 * Presigned form with which a browser sends a file directly to S3, past API Gateway's limit of 10 MB. `presignUpload` of
 * `cdk-trellis/runtime` creates it for the response of an operation; `upload` of `cdk-trellis/client` sends it.
 *
 * @example
 * import { defineApi, Upload } from 'cdk-trellis/contract';
 * import { bucket, presignUpload, route } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * const api = defineApi({ name: 'photos', version: '1.0.0' }, {
 *   startUpload: {
 *     method: 'POST',
 *     path: '/photos',
 *     auth: 'user',
 *     body: z.object({ contentType: z.enum(['image/png', 'image/jpeg']) }),
 *     responses: { 201: Upload },
 *   },
 * });
 *
 * export const handler = route(api.startUpload, { photos: bucket.write }, async ({ body, user }, { photos }) => {
 *   const upload = await presignUpload(photos, {
 *     key: `photos/${user.sub}/${crypto.randomUUID()}`,
 *     contentType: body.contentType,
 *     maxBytes: 20_000_000,
 *   });
 *   return { status: 201, body: upload };
 * });
 */
export const Upload = /* @__PURE__ */ z.object({
  /** Address to post the form to. */
  url: /* @__PURE__ */ z.url(),
  /** Fields of the form; the file must follow them. */
  fields: /* @__PURE__ */ z.record(/* @__PURE__ */ z.string(), /* @__PURE__ */ z.string()),
  /** Latest time to start the transfer. */
  expiresAt: /* @__PURE__ */ z.iso.datetime(),
});
export type Upload = z.output<typeof Upload>;

/** Presigned URL with which a browser reads a file directly from S3, created by `presignDownload` of `cdk-trellis/runtime`. */
export const Download = /* @__PURE__ */ z.object({
  url: /* @__PURE__ */ z.url(),
  /** Latest time to start the transfer. */
  expiresAt: /* @__PURE__ */ z.iso.datetime(),
});
export type Download = z.output<typeof Download>;
