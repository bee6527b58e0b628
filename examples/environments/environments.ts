/** What differs from one environment to another. All else is the same app. */
export interface ShopEnvironment {
  readonly account: string;
  readonly region: string;
  /** Whether data goes with its stacks: for environments that are thrown away. */
  readonly ephemeral: boolean;
  /** Who is told of alarms. */
  readonly alarmEmails: readonly string[];
  /** How many messages are worked on at the same time. */
  readonly maxConcurrency: number;
}

/** Every environment of the shop, and the only place where they are told apart. */
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
