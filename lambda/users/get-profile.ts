import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { route, table } from 'cdk-trellis/runtime';
import { type Profile, usersApi } from '../../contracts/users.js';

export const handler = route(
  usersApi.getProfile,
  { profiles: table.read },
  async ({ user }, { profiles }) => {
    const { Item } = await profiles.client.send(
      // The user may have changed it a moment ago, in another window.
      new GetCommand({ TableName: profiles.tableName, Key: { userId: user.sub }, ConsistentRead: true }),
    );
    // Who has signed up has a profile, also before there is anything in it.
    return { status: 200, body: (Item as Profile) ?? { userId: user.sub, displayName: '', version: 0 } };
  },
);
