import { join } from 'node:path';

const LIBRARY = join(__dirname, '..');

const entries = new WeakMap<() => unknown, string>();

/**
 * A module of this library as the handler of a function that a construct brings along: it is bundled like a handler
 * of the app, whose SDK it shares.
 *
 * @param name its path in `lib/`, without extension, as in `runtime/outbox/publisher`. In the package it is taken
 *   from the ES modules, of which handlers are made
 */
export function libraryHandler<Module>(name: string): () => Promise<Module> {
  const isSource = __filename.endsWith('.ts');
  const file = isSource ? join(LIBRARY, `${name}.ts`) : join(LIBRARY, 'esm', `${name}.js`);
  const handler = () => Promise.reject<Module>(new Error(`${file} is read at synth, and never run`));
  entries.set(handler, file);
  return handler;
}

/** The file of a handler that is a module of this library. */
export function libraryEntry(handler: () => unknown): string | undefined {
  return entries.get(handler);
}
