import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The library's own folder: `lib/`, or `dist/` in the package. */
const LIBRARY = join(__dirname, '..');

const MACHINERY =
  /[\\/]node_modules[\\/](constructs|aws-cdk-lib|jest[^\\/]*|@jest|@swc|tsx|vite|vite-node|vitest|@vitest|cdk-trellis)[\\/]/;

/**
 * The files of the program that led to this call, innermost first, without the library's own and those of what
 * runs the program.
 */
export function callingFiles(): string[] {
  const files = new Set<string>();
  for (const site of callSites()) {
    const path = programFile(site.getFileName() ?? site.getEvalOrigin() ?? '');
    if (path) files.add(path);
  }
  return [...files];
}

const known = new Map<string, string | undefined>();

/** The path of a file that is part of the program. */
function programFile(name: string): string | undefined {
  if (!known.has(name)) {
    const path = name.startsWith('file://') ? fileURLToPath(name) : name;
    const isOther = name.startsWith('node:') || isLibrary(path) || MACHINERY.test(path) || !existsSync(path);
    known.set(name, isOther ? undefined : path);
  }
  return known.get(name);
}

function isLibrary(path: string): boolean {
  return path.startsWith(LIBRARY + sep);
}

/** The stack as V8 has it: source map support of the running tool formats it, so it is put aside meanwhile. */
function callSites(): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    Error.prepareStackTrace = (_, sites) => sites;
    return new Error().stack as unknown as NodeJS.CallSite[];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
