import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import { Tokenization } from 'aws-cdk-lib/core';
import { allow, allowKey, type Bindable, bindable } from './bindable.js';

/** Binds a secret of Secrets Manager. */
export function secretBinding(secret: ISecret): Bindable<'secret'> {
  return bindable('secret', { read: 'GetSecretValue' }, () => ({
    value: secret.secretArn,
    resource: secret,
    statements: [
      // A partial ARN needs a wildcard for the six random characters:
      // https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
      allow('secretsmanager', ['GetSecretValue'], [secret.secretFullArn ?? `${secret.secretArn}-??????`]),
      ...allowKey(secret.encryptionKey, false),
    ],
  }));
}

/** Binds a parameter of Systems Manager. */
export function parameterBinding(parameter: IParameter): Bindable<'parameter'> {
  const { encryptionKey } = parameter as { encryptionKey?: Parameters<typeof allowKey>[0] };
  return bindable('parameter', { read: 'GetParameter' }, () => ({
    value: parameter.parameterName,
    resource: parameter,
    valueElsewhere: parameter.parameterArn,
    statements: [allow('ssm', ['GetParameter'], [parameter.parameterArn]), ...allowKey(encryptionKey, false)],
  }));
}

/** Binds a text or a number as a value in the function's environment. */
export function valueBinding<Kind extends 'text' | 'number'>(
  kind: Kind,
  value: string | number,
): Bindable<Kind> {
  return bindable(kind, { [kind]: 'value' }, () => {
    if (value === '' || (typeof value === 'number' && !Number.isFinite(value))) {
      throw new Error(
        `a ${kind} must be ${kind === 'text' ? 'at least one character' : 'finite'}, got "${value}"`,
      );
    }
    const text = typeof value === 'number' ? Tokenization.stringifyNumber(value) : value;
    return { value: text, statements: [] };
  });
}
