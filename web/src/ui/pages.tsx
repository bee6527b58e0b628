import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLoaded } from '../use-loaded.js';
import { Failed, Loading } from './states.js';

export interface PagesProps<Item> {
  /** The name of the items, as in "your orders". */
  readonly what: string;
  /** The text for an empty list. */
  readonly none: string;
  readonly load: (
    cursor: string | undefined,
    signal: AbortSignal,
  ) => Promise<{ readonly items: readonly Item[]; readonly nextCursor?: string | undefined }>;
  /** Renders the items loaded so far. */
  readonly children: (items: readonly Item[]) => ComponentChildren;
}

/** A list that loads its next page when the user presses a button. */
export function Pages<Item>({ what, none, load, children }: PagesProps<Item>) {
  const [items, setItems] = useState<readonly Item[]>([]);
  const [cursor, setCursor] = useState<string>();
  const page = useLoaded((signal) => load(cursor, signal), [cursor]);
  useEffect(() => {
    if (page.state === 'ready') setItems((previous) => [...previous, ...page.value.items]);
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
        {cursor && page.state === 'ready' && `${items.length} items are shown.`}
      </p>
      {next && (
        <button type="button" onClick={() => setCursor(next)}>
          Show more
        </button>
      )}
    </>
  );
}
