import { join } from 'node:path';

const LIBRARY = join(__dirname, '..');

const entries = new WeakMap<() => unknown, string>();

/**
 * Returns a handler for a module of this library, for functions that constructs add. It is bundled like a handler of
 * the app, with which it shares the SDK.
 *
 * @param name path in `lib/` without extension, as in `runtime/outbox/publisher`. In the published package, the file is
 * an ES module, as bundling requires
 */
export function libraryHandler<Module>(name: string): () => Promise<Module> {
  const isSource = __filename.endsWith('.ts');
  const file = isSource ? join(LIBRARY, `${name}.ts`) : join(LIBRARY, 'esm', `${name}.js`);
  const handler = () => Promise.reject<Module>(new Error(`${file} is bundled at synth and never run there`));
  entries.set(handler, file);
  return handler;
}

/** Returns the file of a handler that is a module of this library. */
export function libraryEntry(handler: () => unknown): string | undefined {
  return entries.get(handler);
}
