import { person, signOut } from '../identity/session.js';
import { place } from '../routing/router.js';
import { basket, countOf } from '../shop/basket.js';
import { useStore } from '../store.js';

export function Header() {
  const { path } = useStore(place);
  const signedIn = useStore(person);
  const count = countOf(useStore(basket));
  const current = (to: string) => (path === to ? { 'aria-current': 'page' as const } : {});
  return (
    <header class="top">
      <a class="brand" href="/">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        Storefront
      </a>
      <nav aria-label="Main">
        <ul>
          <li>
            <a href="/" {...current('/')}>
              Catalogue
            </a>
          </li>
          <li>
            <a href="/basket" {...current('/basket')}>
              Basket{count > 0 && <span class="count"> {count}</span>}
            </a>
          </li>
          {typeof signedIn === 'object' ? (
            <>
              <li>
                <a href="/orders" {...current('/orders')}>
                  Orders
                </a>
              </li>
              <li>
                <a href="/inbox" {...current('/inbox')}>
                  Inbox
                </a>
              </li>
              <li class="person">
                <a href="/account" {...current('/account')}>
                  {signedIn.email}
                </a>
                <button type="button" class="plain" onClick={signOut}>
                  Sign out
                </button>
              </li>
            </>
          ) : (
            <li>
              <a href="/sign-in" {...current('/sign-in')}>
                Sign in
              </a>
            </li>
          )}
        </ul>
      </nav>
    </header>
  );
}
