import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Size } from 'aws-cdk-lib/core';
import type { SourceFile } from './source.js';

const MEGABYTE = 1024 * 1024;

/** The maximum of Lambda for both memory and storage, in megabytes. */
const MAX_MEGABYTES = 10_240;

/**
 * Returns memory for the largest file, which is read as a whole and means CPU, too, and storage for the archive, which
 * is at most slightly larger than its files.
 */
export function contentSizes(
  files: readonly SourceFile[],
): Pick<FunctionOptions, 'memorySize' | 'ephemeralStorageSize'> {
  let [largest, archive] = [0, 0];
  for (const { size } of files) {
    largest = Math.max(largest, size / MEGABYTE);
    archive += (size * 1.01 + 512) / MEGABYTE;
  }
  return {
    memorySize: Math.min(Math.max(1024, 512 + Math.ceil(largest * 1.5)), MAX_MEGABYTES),
    ...(archive > 500 && {
      ephemeralStorageSize: Size.mebibytes(Math.min(Math.ceil(archive) + 64, MAX_MEGABYTES)),
    }),
  };
}
