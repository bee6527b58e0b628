import { CfnUserPoolClient, type UserPool } from 'aws-cdk-lib/aws-cognito';
import { Stack } from 'aws-cdk-lib/core';

/** Returns the app clients of a pool in its stack, those created without `addClient` included. */
export function clientsOf(pool: UserPool): CfnUserPoolClient[] {
  const stack = Stack.of(pool);
  const id = JSON.stringify(stack.resolve(pool.userPoolId));
  return stack.node
    .findAll()
    .filter((node): node is CfnUserPoolClient => node instanceof CfnUserPoolClient && node.stack === stack)
    .filter(({ userPoolId }) => JSON.stringify(stack.resolve(userPoolId)) === id);
}
