import { type Store, store } from '../store.js';

/** Where the browser is: only what pages look at. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whether the visitor has come here from another page of the site. */
  readonly isNavigation: boolean;
}

export const place: Store<Place> = store(current(false));

function current(isNavigation: boolean): Place {
  const { pathname, search } = location;
  return { path: pathname, query: new URLSearchParams(search), isNavigation };
}

/** Goes to another page of the site. */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  place.set(current(true));
  scrollTo(0, 0);
}

addEventListener('popstate', () => place.set(current(true)));

// Links are plain links: they can be copied, opened in another tab and found by machines.
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
  const isSamePage = link.pathname === location.pathname && link.hash !== '';
  if (link.origin !== location.origin || isSamePage) return;
  event.preventDefault();
  navigate(`${link.pathname}${link.search}`);
});
