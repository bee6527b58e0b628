import type { Order } from '../../../contracts/orders.js';

const REASONS: Readonly<Record<NonNullable<Order['reason']>, string>> = {
  'sold-out': 'Something in it was sold out. Nothing was charged.',
  'payment-declined': 'The card was declined. Nothing was charged.',
  cancelled: 'You cancelled it. Nothing was charged.',
  technical: 'A technical error occurred. Nothing was charged.',
};

/** Explains the status of an order. */
export function explain({ status, reason, cancelRequested }: Order): string {
  if (status === 'CONFIRMED') return 'It is paid and on its way to you.';
  if (status === 'REFUSED') return reason ? REASONS[reason] : REASONS.technical;
  return cancelRequested
    ? 'It is being cancelled, if it is not too late.'
    : 'Stock and payment are being checked.';
}

export const STATUS_NAMES: Readonly<Record<Order['status'], string>> = {
  PLACED: 'In progress',
  CONFIRMED: 'Confirmed',
  REFUSED: 'Not carried out',
};

/** Formats a time in the browser's locale. */
export function formatTime(time: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(time),
  );
}
