import {
  type _Object,
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { SERVED, type SiteFileHeaders, STATE_KEY } from './request.js';

/** A deployed file. */
export interface StoredFile {
  /** Hash of the content; undefined in states of earlier versions. */
  readonly content?: string;
  /** Hash of the headers. */
  readonly headers?: string;
  /** ETag from S3. A different one in the bucket means that a deployment failed before it saved its state. */
  readonly etag: string;
}

/** State of the last deployment. */
export interface State {
  readonly files: Readonly<Record<string, StoredFile>>;
  /** Removal times of files with hashed names that are kept, by path. */
  readonly replaced: Readonly<Record<string, string>>;
  /** Files that looked hashed until their content changed under the same name. */
  readonly unhashed: readonly string[];
}

const NO_STATE: State = { files: {}, replaced: {}, unhashed: [] };

/** The maximum of DeleteObjects. */
const MAX_DELETED = 1000;

/** The bucket of a site. Paths are relative to the site, without the prefix. */
export class Store {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  async state(): Promise<State> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: STATE_KEY }));
      return { ...NO_STATE, ...JSON.parse((await Body?.transformToString()) ?? '') };
    } catch (error) {
      // Without a state every file is uploaded again.
      if (error instanceof NoSuchKey || error instanceof SyntaxError) return NO_STATE;
      throw error;
    }
  }

  async saveState(state: State): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: STATE_KEY, Body: JSON.stringify(state) }),
    );
  }

  /** Returns the ETags of all files in the bucket, by path. */
  async present(): Promise<Map<string, string>> {
    const objects = await this.list(SERVED);
    return new Map(objects.map(({ Key = '', ETag = '' }) => [Key.slice(SERVED.length), ETag]));
  }

  /** @returns the ETag */
  async put(path: string, content: Buffer, headers: SiteFileHeaders): Promise<string> {
    const { ETag = '' } = await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: `${SERVED}${path}`,
        Body: content,
        ContentType: headers.contentType,
        CacheControl: headers.cacheControl,
        ContentEncoding: headers.contentEncoding,
        ContentDisposition: headers.contentDisposition,
      }),
    );
    return ETag;
  }

  async delete(paths: readonly string[]): Promise<void> {
    await this.deleteKeys(paths.map((path) => `${SERVED}${path}`));
  }

  async empty(): Promise<void> {
    const objects = await this.list('');
    await this.deleteKeys(objects.flatMap(({ Key }) => Key ?? []));
  }

  private async list(Prefix: string): Promise<_Object[]> {
    const objects: _Object[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.s3 },
      { Bucket: this.bucket, Prefix },
    ))
      objects.push(...Contents);
    return objects;
  }

  private async deleteKeys(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += MAX_DELETED) {
      const Objects = keys.slice(start, start + MAX_DELETED).map((Key) => ({ Key }));
      const { Errors = [] } = await this.s3.send(
        new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors;
      if (first) throw new Error(`${first.Key} could not be deleted from ${this.bucket}: ${first.Message}`);
    }
  }
}
