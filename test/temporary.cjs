const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/**
 * What tests and the programs that they start write to the temporary folder is in one folder per run, and gone after
 * it: every app without an `outdir` leaves a cloud assembly behind.
 */
let folder;

exports.setup = () => {
  folder = mkdtempSync(join(tmpdir(), 'trellis-run-'));
  process.env.TMPDIR = folder;
};

exports.teardown = () => {
  if (process.env.TMPDIR === folder) delete process.env.TMPDIR;
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
};
