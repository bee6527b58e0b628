import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLoaded } from '../use-loaded.js';
import { Failed, Loading } from './states.js';

export interface PagesProps<Item> {
  /** What is loaded, as in "your orders". */
  readonly what: string;
  /** What is said when there is nothing. */
  readonly none: string;
  readonly load: (
    cursor: string | undefined,
    signal: AbortSignal,
  ) => Promise<{ readonly items: readonly Item[]; readonly nextCursor?: string | undefined }>;
  /** Shows what is loaded by now. */
  readonly children: (items: readonly Item[]) => ComponentChildren;
}

/** Pages one below the other: the next is asked for by a button, and none before. */
export function Pages<Item>({ what, none, load, children }: PagesProps<Item>) {
  const [items, setItems] = useState<readonly Item[]>([]);
  const [cursor, setCursor] = useState<string>();
  const page = useLoaded((signal) => load(cursor, signal), [cursor]);
  useEffect(() => {
    if (page.state === 'ready') setItems((before) => [...before, ...page.value.items]);
  }, [page]);
  const next = page.state === 'ready' ? page.value.nextCursor : undefined;
  const isEmpty = page.state === 'ready' && page.value.items.length === 0 && items.length === 0;
  return (
    <>
      {items.length > 0 && children(items)}
      {isEmpty && <p>{none}</p>}
      {page.state === 'loading' && <Loading what={what} />}
      {page.state === 'failed' && <Failed {...page} />}
      <p class="visually-hidden" role="status">
        {cursor && page.state === 'ready' && `${items.length} are shown.`}
      </p>
      {next && (
        <button type="button" onClick={() => setCursor(next)}>
          Show more
        </button>
      )}
    </>
  );
}
