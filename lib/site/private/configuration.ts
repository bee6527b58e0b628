import { Arn, ArnFormat, Aws, Fn, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { API_STAGE, type IApi } from '../../api/published-api.js';
import { apiInfo } from '../../contract/contract.js';
import type { IUserDirectory } from '../../identity/user-directory.js';

/** What the page is told besides: its names must be free. */
const OWN_NAMES = ['apis', 'users'];

/** Where browsers sign in: the public API of Cognito in the region of the pool. */
export function usersEndpoint({ userPoolArn }: IUserDirectory): string {
  const { region } = Arn.split(userPoolArn, ArnFormat.SLASH_RESOURCE_NAME);
  return `https://cognito-idp.${region}.${Aws.URL_SUFFIX}`;
}

/**
 * The content of `/config.json`: what only a deployment knows.
 *
 * @throws Error when `own` has a name that is the library's
 */
export function configurationOf(
  scope: Construct,
  {
    apis,
    users,
    own,
  }: {
    readonly apis: readonly IApi[];
    readonly users: IUserDirectory | undefined;
    readonly own: Readonly<Record<string, unknown>>;
  },
): string {
  const taken = OWN_NAMES.filter((name) => name in own);
  if (taken.length > 0) {
    throw new Error(
      `\`configuration\` must have names of its own, got ${taken.join(' and ')}, which the site sets from its \`apis\` and \`users\` (at ${scope.node.path})`,
    );
  }
  return Stack.of(scope).toJsonString({
    apis: Object.fromEntries(apis.map(({ contract }) => [contract[apiInfo].name, `/${API_STAGE}`])),
    ...(users && { users: signIn(users) }),
    ...own,
  });
}

function signIn(users: IUserDirectory): Record<string, unknown> {
  const { userPoolArn, clientIds } = users;
  const { resourceName } = Arn.split(userPoolArn, ArnFormat.SLASH_RESOURCE_NAME);
  // The first is the browser's; a published directory has them all in one value.
  const clientId = Fn.select(0, Fn.split(',', clientIds[0] ?? ''));
  return { endpoint: usersEndpoint(users), userPoolId: resourceName, clientId };
}
