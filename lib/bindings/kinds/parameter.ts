import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { cdkResource, defineKind } from '../kind.js';

/** Parameters of Systems Manager. */
export const parameter = defineKind('parameter', {
  resource: cdkResource<IParameter>('parameterArn'),
  accesses: { read: [{ actions: ['ssm:GetParameter'] }] },
  key: (parameter) => (parameter as { readonly encryptionKey?: IKey }).encryptionKey,
  binding: ({ parameterName, parameterArn }) => ({ value: parameterName, valueElsewhere: parameterArn }),
});
