import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import type { Need } from './need.js';
import { once } from './once.js';
import { REQUESTS } from './sdk.js';

/** Remembers what was done, so that it is not done twice. */
export interface IdempotencyClient {
  readonly tableName: string;
  /**
   * Does some work unless it was done before: then its result of that time is returned.
   *
   * @param key what stands for the work, as in an event's id; other functions may use the same
   * @param context of the invocation: by it is known when work that never ended may be started again
   * @throws IdempotencyAlreadyInProgressError while the same work is being done elsewhere
   */
  run<Result>(key: string, work: () => Promise<Result>, context?: Context): Promise<Result>;
}

export interface IdempotencyOptions {
  /**
   * For how long done work is remembered, in seconds.
   * @default 172800: two days. EventBridge delivers for a day at most, and Lambda retries for six hours after that
   */
  readonly expiresAfterSeconds?: number;
}

const TWO_DAYS = 2 * 24 * 60 * 60;

const client = /* @__PURE__ */ once(() => new DynamoDBClient(REQUESTS));

/**
 * The need to do things once although they are asked for several times, as events and messages are that are delivered
 * at least once. Inside `consume` and `worker` it works by itself: an event or message that was handled is not handled
 * again. Elsewhere call `run`.
 *
 * Nothing is bound to it: the stack gets a table for it (`IdempotencyTable`), unless `bind` has one.
 * It is Powertools' idempotency (https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/).
 *
 * @example
 * import { handle, idempotency } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ once: idempotency() }, async (event: { paymentId: string }, { once }) => {
 *   return once.run(event.paymentId, async () => ({ paid: true }));
 * });
 */
export function idempotency(
  options: IdempotencyOptions = {},
): Need<'idempotency', 'idempotency', IdempotencyClient> {
  const { expiresAfterSeconds = TWO_DAYS } = options;
  return {
    kind: 'idempotency',
    access: 'idempotency',
    connect(tableName) {
      const store = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client() });
      return {
        tableName,
        run(key, work, context) {
          const idempotent = makeIdempotent((_key: string) => work(), {
            persistenceStore: store,
            config: new IdempotencyConfig({
              expiresAfterSeconds,
              ...(context?.getRemainingTimeInMillis && { lambdaContext: context }),
            }),
            // Not the work's own name, which a bundler may change: what was done would be forgotten.
            keyPrefix: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local',
          });
          return idempotent(key);
        },
      };
    },
  };
}
