import { useCallback, useEffect, useState } from 'preact/hooks';

/** State of an asynchronous value. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void };

/** Loads when the component mounts and when a dependency changes, and aborts the previous load. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, dependencies: unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setLoaded({ state: 'loading' });
    load(signal).then(
      (value) => signal.aborted || setLoaded({ state: 'ready', value }),
      (error) => signal.aborted || setLoaded({ state: 'failed', error, retry }),
    );
    return () => controller.abort();
  }, [...dependencies, attempt]);
  return loaded;
}
