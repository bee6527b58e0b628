import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type CloudInfo, clientOptions, type LocalCloud, type RootCredentials } from '../lib/local/index.js';
import { seedProducts } from './seed.js';
import { type Directory, ensureUser, type Person } from './users.js';

// The SDK warns of Node 20 on every start; here it is a toolchain, and functions run on the Node of their runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** An administrator of the storefront on this machine. The password is no secret:
 * programs on this machine may sign in with it, and pages of other origins may not call the APIs. */
export const ADMIN: Person = {
  email: 'admin@example.com',
  password: 'Local-storefront-1',
  groups: ['admins'],
};

/** What the user pool of the local cloud takes for the code that it would send to a new address. */
export const LOCAL_CODE = '123456';

/** The same for a password that was forgotten. */
export const LOCAL_RESET_CODE = '654321';

/** Options of an SDK client for a local cloud, whatever is configured on this machine. */
export function localClientConfig({ endpoint, credentials }: Pick<LocalCloud, 'endpoint' | 'credentials'>) {
  return clientOptions(endpoint, credentials);
}

/** The user pool of the storefront that is deployed there. */
export function directoryOf(info: CloudInfo, credentials: RootCredentials): Directory {
  return {
    client: new CognitoIdentityProviderClient(clientOptions(info.endpoint, credentials)),
    userPoolId: output(info, 'StorefrontPlatform', 'UserPoolId'),
    clientId: output(info, 'StorefrontPlatform', 'UserPoolClientId'),
  };
}

/** Puts the sample products and an administrator into the storefront; what is there already stays. */
export async function furnish(
  info: CloudInfo,
  credentials: RootCredentials,
): Promise<{ readonly added: number }> {
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(info.endpoint, credentials)));
  const [added] = await Promise.all([
    seedProducts(dynamo, output(info, 'StorefrontProducts', 'ProductsTableName')),
    ensureUser(directoryOf(info, credentials), ADMIN),
  ]);
  return { added };
}

function output(info: CloudInfo, stack: string, key: string): string {
  const value = info.outputs[stack]?.[key];
  if (!value)
    throw new Error(`Expected the stack ${stack} to have the output ${key}: deploy the storefront first`);
  return value;
}
