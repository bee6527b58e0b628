import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** The end record of an archive's directory: a signature, and 22 bytes with a comment of at most 65535. */
const END = 0x06054b50;
const MAX_END_BYTES = 22 + 0xffff;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;

/**
 * Returns the unpacked sizes of the files in a zip archive, from its directory.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 * @returns undefined if it is not a zip archive
 */
export function unzippedSizes(archive: string): [name: string, bytes: number][] | undefined {
  const { size } = statSync(archive);
  const tail = read(archive, Math.max(0, size - MAX_END_BYTES), Math.min(size, MAX_END_BYTES));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) return undefined;
  const directory = read(archive, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const sizes: [string, number][] = [];
  for (
    let offset = 0;
    offset + ENTRY_BYTES <= directory.length && directory.readUInt32LE(offset) === ENTRY;
  ) {
    const nameBytes = directory.readUInt16LE(offset + 28);
    const name = directory.toString('utf8', offset + ENTRY_BYTES, offset + ENTRY_BYTES + nameBytes);
    sizes.push([name, directory.readUInt32LE(offset + 24)]);
    offset +=
      ENTRY_BYTES + nameBytes + directory.readUInt16LE(offset + 30) + directory.readUInt16LE(offset + 32);
  }
  return sizes;
}

function read(file: string, position: number, length: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position));
  } finally {
    closeSync(descriptor);
  }
}
