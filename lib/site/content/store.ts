import {
  type _Object,
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { FileHeaders } from './file-headers.js';
import { SERVED, STATE_KEY } from './request.js';

/** A file as a deployment has put it there. */
export interface StoredFile {
  /** Of content and headers. */
  readonly hash: string;
  /** As S3 told it: another one is a sign of a deployment that failed half-way. */
  readonly etag: string;
}

/** What the last deployment left, besides the files. */
export interface State {
  readonly files: Readonly<Record<string, StoredFile>>;
  /** When a file with a hashed name was no longer part of the site: path to time. */
  readonly replaced: Readonly<Record<string, string>>;
}

/** DeleteObjects takes no more. */
const MAX_DELETED = 1000;

/** The bucket of a site. Paths are those of the site, without the prefix. */
export class Store {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  async state(): Promise<State> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: STATE_KEY }));
      return JSON.parse((await Body?.transformToString()) ?? '');
    } catch (error) {
      // Without it everything is uploaded once more.
      if (error instanceof NoSuchKey || error instanceof SyntaxError) return { files: {}, replaced: {} };
      throw error;
    }
  }

  async saveState(state: State): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: STATE_KEY, Body: JSON.stringify(state) }),
    );
  }

  /** All files that are there: path to ETag. */
  async present(): Promise<Map<string, string>> {
    const objects = await this.list(SERVED);
    return new Map(objects.map(({ Key = '', ETag = '' }) => [Key.slice(SERVED.length), ETag]));
  }

  /** @returns the ETag */
  async put(path: string, content: Buffer, { contentType, cacheControl }: FileHeaders): Promise<string> {
    const { ETag = '' } = await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: `${SERVED}${path}`,
        Body: content,
        ContentType: contentType,
        CacheControl: cacheControl,
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
    for (let at = 0; at < keys.length; at += MAX_DELETED) {
      const Objects = keys.slice(at, at + MAX_DELETED).map((Key) => ({ Key }));
      const { Errors = [] } = await this.s3.send(
        new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors;
      if (first) throw new Error(`${first.Key} could not be deleted from ${this.bucket}: ${first.Message}`);
    }
  }
}
