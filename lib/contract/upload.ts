import * as z from 'zod';

/**
 * What a browser needs to send a file to S3 itself, past API Gateway and its 10 MB: an answer of an operation, made by
 * `presignUpload` in `cdk-trellis/runtime` and used by `upload` in `cdk-trellis/client`.
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
  /** Where the form is sent to. */
  url: /* @__PURE__ */ z.url(),
  /** The form's fields; the file comes last. */
  fields: /* @__PURE__ */ z.record(/* @__PURE__ */ z.string(), /* @__PURE__ */ z.string()),
  /** Until when it may be begun. */
  expiresAt: /* @__PURE__ */ z.iso.datetime(),
});
export type Upload = z.output<typeof Upload>;

/** A URL by which a browser reads a file of S3 itself, made by `presignDownload` in `cdk-trellis/runtime`. */
export const Download = /* @__PURE__ */ z.object({
  url: /* @__PURE__ */ z.url(),
  /** Until when it may be begun. */
  expiresAt: /* @__PURE__ */ z.iso.datetime(),
});
export type Download = z.output<typeof Download>;
