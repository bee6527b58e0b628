import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package.json of a shared layer. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: unknown;
  readonly main?: string;
}

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name */
const NAME = /^(@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/;

/**
 * Reads the package.json of a shared layer.
 *
 * @throws Error if it is not JSON or has no valid npm name
 */
export function readManifest(folder: string): Manifest {
  const file = join(folder, 'package.json');
  const { name, version = '0.0.0', ...rest } = parsed(file);
  if (typeof name !== 'string' || !NAME.test(name)) {
    const actual = name === undefined ? 'none' : JSON.stringify(name);
    throw new Error(
      `The package.json of a shared layer must have a \`name\` that handlers import it by, as in "@shop/money", got ${actual} in ${file}`,
    );
  }
  return { ...rest, name, version: String(version) };
}

function parsed(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8');
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new Error(
      `The package.json of a shared layer must be JSON: ${(error as Error).message} in ${file}`,
      {
        cause: error,
      },
    );
  }
  throw new Error(
    `The package.json of a shared layer must be a JSON object, got ${text.trim().slice(0, 40)} in ${file}`,
  );
}
