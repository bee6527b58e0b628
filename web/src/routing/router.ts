import { type Store, store } from '../store.js';

/** The parts of the browser's location that pages use. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
  /** True after a navigation within the site. */
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

// Links are plain links: users can copy them or open them in another tab, and crawlers find them.
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
  const isSamePage = link.pathname === location.pathname && link.hash !== '';
  if (link.origin !== location.origin || isSamePage) return;
  event.preventDefault();
  navigate(`${link.pathname}${link.search}`);
});
