import { readdirSync } from 'node:fs';
import { sum } from '@storefront/commerce';
import type { Context } from 'aws-lambda';

/** Returns the files at /opt, a result of their code, and the version of the function that was called. */
export const handler = async (_event: unknown, { functionVersion, invokedFunctionArn }: Context) => ({
  opt: readdirSync('/opt/nodejs'),
  packages: readdirSync('/opt/nodejs/node_modules').flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(`/opt/nodejs/node_modules/${name}`).map((own) => `${name}/${own}`)
      : name,
  ),
  sum: sum(
    [
      { amount: 1, currency: 'EUR' },
      { amount: 2, currency: 'EUR' },
    ],
    'EUR',
  ),
  functionVersion,
  invokedFunctionArn,
});
