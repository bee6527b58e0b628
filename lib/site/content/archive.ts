import { buffer } from 'node:stream/consumers';
import { type Entry, fromBufferPromise } from 'yauzl';

/** A file of the site with lazily read content. */
export interface SiteFile {
  readonly path: string;
  readonly content: () => Promise<Buffer>;
}

/** Returns the files of a zip archive. */
export async function filesOf(archive: Uint8Array): Promise<SiteFile[]> {
  const zip = await fromBufferPromise(Buffer.from(archive), { lazyEntries: true, autoClose: false });
  const files: SiteFile[] = [];
  for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
    if (entry.fileName.endsWith('/')) continue;
    const content = async () => buffer(await zip.openReadStreamPromise(entry));
    files.push({ path: entry.fileName, content });
  }
  return files;
}
