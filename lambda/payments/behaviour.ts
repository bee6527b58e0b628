/**
 * Behaviour of the shop's simulated payment provider. The card's token selects it, so that tests can trigger every
 * outcome of a payment. An unlisted token is declined.
 */
export type Behaviour = 'approve' | 'decline' | 'never-respond' | 'fail-twice';

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  tok_approve: 'approve',
  tok_decline: 'decline',
  /** Charges but never responds: the caller cannot know whether the charge succeeded. */
  tok_timeout: 'never-respond',
  tok_flaky: 'fail-twice',
};

export function behaviourOf(cardToken: string): Behaviour {
  return BEHAVIOURS[cardToken] ?? 'decline';
}
