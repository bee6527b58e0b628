import { useEffect, useState } from 'preact/hooks';

/** A value that parts of the page watch. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** @returns what ends it */
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

/** The value of a store, for a component that is drawn again when it changes. */
export function useStore<T>(watched: Store<T>): T {
  const [value, setValue] = useState(watched.get);
  useEffect(() => {
    const update = () => setValue(watched.get);
    update();
    return watched.watch(update);
  }, [watched]);
  return value;
}
