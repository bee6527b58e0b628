/**
 * The payment provider of this shop is a stand-in with declared behaviours, chosen by the card's token, so that every
 * way in which a payment can go is tried on purpose. A token that is not listed is declined.
 */
export type Behaviour = 'approve' | 'decline' | 'never-answer' | 'fail-twice';

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  tok_approve: 'approve',
  tok_decline: 'decline',
  /** Charges, and answers nobody: the caller cannot know whether it did. */
  tok_timeout: 'never-answer',
  tok_flaky: 'fail-twice',
};

export function behaviourOf(cardToken: string): Behaviour {
  return BEHAVIOURS[cardToken] ?? 'decline';
}
