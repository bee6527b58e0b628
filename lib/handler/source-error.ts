import { relative } from 'node:path';

/** An error in a source file, with its location. */
export class SourceError extends Error {
  constructor(
    message: string,
    readonly file: string,
    readonly line?: number,
  ) {
    super(`${relative(process.cwd(), file)}${line === undefined ? '' : `:${line}`}: ${message}`);
  }
}
