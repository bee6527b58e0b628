/** Settings that differ between environments. The rest of the app is identical. */
export interface ShopEnvironment {
  readonly account: string;
  readonly region: string;
  /** True if data is deleted with its stacks, for short-lived environments. */
  readonly ephemeral: boolean;
  /** Addresses that receive alarms. */
  readonly alarmEmails: readonly string[];
  /** Maximum number of messages processed concurrently. */
  readonly maxConcurrency: number;
}

/** Environments of the shop. No other file distinguishes them. */
export const ENVIRONMENTS = {
  dev: {
    account: '111122223333',
    region: 'eu-west-1',
    ephemeral: true,
    alarmEmails: [],
    maxConcurrency: 2,
  },
  prod: {
    account: '444455556666',
    region: 'eu-west-1',
    ephemeral: false,
    alarmEmails: ['on-call@example.com'],
    maxConcurrency: 50,
  },
} as const satisfies Readonly<Record<string, ShopEnvironment>>;

export type EnvironmentName = keyof typeof ENVIRONMENTS;
