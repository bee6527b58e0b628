// The definitions are in this file, and their constructs in others.
import { Duration } from 'aws-cdk-lib/core';
import { defineSaga, nothing } from 'cdk-trellis';
import { Approval, Order } from './fixtures/contract.js';

export const reserve = () => import('./fixtures/reserve.js');
export const release = () => import('./fixtures/release.js');
export const pay = () => import('./fixtures/pay.js');
const refund = () => import('./fixtures/refund.js');
const ask = () => import('./fixtures/ask.js');
const plain = () => import('./fixtures/plain.js');

/** The smallest saga that undoes something. */
export const reserved = defineSaga(Order).step('reserve', { do: reserve, undo: release });

export const paid = reserved.step('pay', { do: pay, undo: refund });

/** A saga of everything. */
export const everything = reserved
  .waitForCallback('approve', { do: ask, response: Approval, wait: Duration.days(1) })
  .parallel({ note: { do: plain, undo: refund }, fraud: { do: plain, undo: refund } })
  .choice('pay', 'input.method', {
    card: { do: pay, undo: refund },
    invoice: { do: pay },
    free: { do: nothing },
  });
