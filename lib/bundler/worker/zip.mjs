// @ts-check
import { crc32, deflateRawSync } from 'node:zlib';

// The sizes of an archive's parts, as https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT has them.
const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
const END_BYTES = 22;

/** What reads it must know: how files are deflated. */
const VERSION = 20;

/** The system whose modes are the upper half of a file's attributes. */
const UNIX = 3;

/** Names are UTF-8. */
const FLAGS = 0x0800;
const DEFLATED = 8;

/** 1 January 1980, the oldest that there can be: an archive depends on nothing but what is in it. */
const DATE = 0x21;

/** Lambda reads the code as another user than the one who owns it, whatever the umask is here. */
const READABLE = 0o100644;

/**
 * A zip archive of bundles, which are far from the 4 GB and 65,535 files where archives need another form.
 *
 * Packed by Node.js itself: packers written in JavaScript take ten times as long for the first hundred small files,
 * which is what a synth has.
 *
 * @param {[name: string, content: Buffer][]} files
 * @returns {Buffer}
 */
export function zipped(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(content, { level: 9 });
    const local = Buffer.alloc(LOCAL_BYTES);
    local.write('PK\x03\x04');
    describe(local, 4, { name, content, packed });
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.write('PK\x01\x02');
    entry.writeUInt16LE((UNIX << 8) | VERSION, 4);
    describe(entry, 6, { name, content, packed });
    entry.writeUInt16LE(READABLE, 40);
    entry.writeUInt32LE(offset, 42);
    parts.push(local, name, packed);
    directory.push(entry, name);
    offset += local.length + name.length + packed.length;
  }
  const end = Buffer.alloc(END_BYTES);
  end.write('PK\x05\x06');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/**
 * What a file's own header and its entry in the directory have in common.
 *
 * @param {Buffer} header
 * @param {number} at
 * @param {{ name: Buffer, content: Buffer, packed: Buffer }} file
 */
function describe(header, at, { name, content, packed }) {
  header.writeUInt16LE(VERSION, at);
  header.writeUInt16LE(FLAGS, at + 2);
  header.writeUInt16LE(DEFLATED, at + 4);
  header.writeUInt16LE(DATE, at + 8);
  header.writeUInt32LE(crc32(content), at + 10);
  header.writeUInt32LE(packed.length, at + 14);
  header.writeUInt32LE(content.length, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}
