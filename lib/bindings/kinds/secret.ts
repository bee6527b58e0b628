import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { cdkResource, defineKind } from '../kind.js';

/** Secrets of Secrets Manager. */
export const secret = defineKind('secret', {
  resource: cdkResource<ISecret>('secretArn'),
  accesses: {
    read: [
      {
        actions: ['secretsmanager:GetSecretValue'],
        // A partial ARN needs a wildcard for the six random characters:
        // https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
        on: ({ secretFullArn, secretArn }) => [secretFullArn ?? `${secretArn}-??????`],
      },
    ],
  },
  key: ({ encryptionKey }) => encryptionKey,
  binding: ({ secretArn }) => ({ value: secretArn }),
});
