import type { ComponentType } from 'preact';
import { Catalogue } from '../pages/catalogue.js';

/** Properties of a page. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export type Page = ComponentType<PageProps>;

export interface Route {
  readonly path: string;
  /** Loads the page. The catalogue is in the entry script; other pages are loaded on demand. */
  readonly load: () => Promise<Page>;
}

export const ROUTES: readonly Route[] = [
  { path: '/', load: async () => Catalogue },
  { path: '/products/:productId', load: async () => (await import('../pages/product.js')).ProductPage },
  { path: '/basket', load: async () => (await import('../pages/basket.js')).BasketPage },
  { path: '/checkout', load: async () => (await import('../pages/checkout.js')).CheckoutPage },
  { path: '/orders', load: async () => (await import('../pages/orders.js')).OrdersPage },
  { path: '/orders/:orderId', load: async () => (await import('../pages/order.js')).OrderPage },
  { path: '/inbox', load: async () => (await import('../pages/inbox.js')).InboxPage },
  { path: '/account', load: async () => (await import('../pages/account.js')).AccountPage },
  { path: '/sign-in', load: async () => (await import('../pages/sign-in.js')).SignInPage },
  { path: '/new-password', load: async () => (await import('../pages/new-password.js')).NewPasswordPage },
  { path: '/sign-up', load: async () => (await import('../pages/sign-up.js')).SignUpPage },
];
