import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The library's own folder: `lib/`, or `dist/` in the package. */
const LIBRARY = join(__dirname, '..');

const MACHINERY =
  /[\\/]node_modules[\\/](constructs|aws-cdk-lib|jest[^\\/]*|@jest|@swc|tsx|vite|vite-node|vitest|@vitest|cdk-trellis)[\\/]/;

/**
 * Returns the files of the program on the call stack, innermost first, without the library's own files and those of the
 * tools that run the program.
 */
export function callingFiles(): string[] {
  const files = new Set<string>();
  for (const site of callSites()) {
    const path = programFile(site.getFileName() ?? site.getEvalOrigin() ?? '');
    if (path) files.add(path);
  }
  return [...files];
}

const cached = new Map<string, string | undefined>();

/** Returns the path of a file that is part of the program. */
function programFile(name: string): string | undefined {
  if (!cached.has(name)) {
    const path = name.startsWith('file://') ? fileURLToPath(name) : name;
    const isExcluded =
      name.startsWith('node:') || isLibrary(path) || MACHINERY.test(path) || !existsSync(path);
    cached.set(name, isExcluded ? undefined : path);
  }
  return cached.get(name);
}

function isLibrary(path: string): boolean {
  return path.startsWith(LIBRARY + sep);
}

/**
 * Returns V8's structured stack. The source map support of the running tool formats stacks, so it is disabled
 * meanwhile.
 */
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
