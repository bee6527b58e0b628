import { type Entry, openPromise, type ZipFile } from 'yauzl';

/** A file of the site with lazily read content. */
export interface SiteFile {
  readonly path: string;
  /** Bytes of the content. */
  readonly size: number;
  readonly content: () => Promise<Buffer>;
}

/**
 * Processes the files of a zip archive on disk: in memory, a large site would not fit.
 *
 * @param work is called with all files; their contents are readable until it ends
 */
export async function withFilesOf<T>(archive: string, work: (files: SiteFile[]) => Promise<T>): Promise<T> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  try {
    const files: SiteFile[] = [];
    for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
      if (entry.fileName.endsWith('/')) continue;
      const { fileName: path, uncompressedSize: size } = entry;
      files.push({ path, size, content: () => contentOf(zip, entry) });
    }
    return await work(files);
  } finally {
    zip.close();
  }
}

/** Reads a file into a buffer of its size; joining chunks would take twice as much memory. */
async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const content = Buffer.alloc(entry.uncompressedSize);
  let offset = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    offset += (chunk as Buffer).copy(content, offset);
  }
  return content;
}
