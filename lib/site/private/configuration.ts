import { Arn, ArnFormat, Aws, Fn, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { API_STAGE, type IApi } from '../../api/published-api.js';
import { assertValid } from '../../construct/assert-valid.js';
import { apiInfo } from '../../contract/contract.js';
import type { IUserDirectory } from '../../identity/user-directory.js';

/** Names in the configuration that the site sets itself. */
const RESERVED_NAMES = ['apis', 'users'];

/** Returns the endpoint for sign-in: the public API of Cognito in the region of the pool. */
export function usersEndpoint({ userPoolArn }: IUserDirectory): string {
  const { region } = Arn.split(userPoolArn, ArnFormat.SLASH_RESOURCE_NAME);
  return `https://cognito-idp.${region}.${Aws.URL_SUFFIX}`;
}

/**
 * Returns the content of `/config.json`: values that are only known at deployment.
 *
 * @throws Error when `values` has a reserved name
 */
export function configurationOf(
  scope: Construct,
  {
    apis,
    users,
    values,
  }: {
    readonly apis: readonly IApi[];
    readonly users: IUserDirectory | undefined;
    readonly values: Readonly<Record<string, unknown>>;
  },
): string {
  assertValid(
    scope,
    RESERVED_NAMES.filter((name) => name in values).map(
      (name) => `\`configuration\` must not have "${name}", which the site sets from its \`${name}\``,
    ),
  );
  return Stack.of(scope).toJsonString({
    apis: Object.fromEntries(apis.map(({ contract }) => [contract[apiInfo].name, `/${API_STAGE}`])),
    ...(users && { users: signIn(users) }),
    ...values,
  });
}

function signIn(users: IUserDirectory): Record<string, unknown> {
  const { userPoolArn, clientIds } = users;
  const { resourceName } = Arn.split(userPoolArn, ArnFormat.SLASH_RESOURCE_NAME);
  // The first id is the browser client's; a published directory has all ids in one value.
  const clientId = Fn.select(0, Fn.split(',', clientIds[0] ?? ''));
  return { endpoint: usersEndpoint(users), userPoolId: resourceName, clientId };
}
