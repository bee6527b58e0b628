import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type CloudInfo, clientOptions, type LocalCloud, type RootCredentials } from '../lib/local/index.js';
import { seedProducts } from './seed.js';
import { type Directory, ensureUser, type Person } from './users.js';

// The SDK warns of Node.js 20 on every start, but functions run on the Node.js of their runtime.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * Administrator of the storefront on this machine. The password is public: only programs on this machine can sign in
 * with it, because pages of other origins may not call the APIs.
 */
export const ADMIN: Person = {
  email: 'admin@example.com',
  password: 'Local-storefront-1',
  groups: ['admins'],
};

/** Code that the user pool of the local cloud accepts as confirmation of a new address. */
export const LOCAL_CODE = '123456';

/** Code that the user pool of the local cloud accepts for a forgotten password. */
export const LOCAL_RESET_CODE = '654321';

/** Options of an SDK client for a local cloud. They override the AWS configuration of this machine. */
export function localClientConfig({ endpoint, credentials }: Pick<LocalCloud, 'endpoint' | 'credentials'>) {
  return clientOptions(endpoint, credentials);
}

/** Returns the user pool of the deployed storefront. */
export function directoryOf(info: CloudInfo, credentials: RootCredentials): Directory {
  return {
    client: new CognitoIdentityProviderClient(clientOptions(info.endpoint, credentials)),
    userPoolId: output(info, 'StorefrontPlatform', 'UserPoolId'),
    clientId: output(info, 'StorefrontPlatform', 'UserPoolClientId'),
  };
}

/** Adds the sample products and an administrator to the storefront; existing products stay unchanged. */
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
