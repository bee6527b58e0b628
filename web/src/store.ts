import { useEffect, useState } from 'preact/hooks';

/** An observable value. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** @returns a function that ends it */
  watch(watcher: () => void): () => void;
}

export function store<T>(initial: T): Store<T> {
  let current = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => current,
    set: (value) => {
      current = value;
      for (const watcher of watchers) watcher();
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** Returns the value of a store, and renders the component again when it changes. */
export function useStore<T>(watched: Store<T>): T {
  const [value, setValue] = useState(watched.get);
  useEffect(() => {
    const update = () => setValue(watched.get);
    update();
    return watched.watch(update);
  }, [watched]);
  return value;
}
