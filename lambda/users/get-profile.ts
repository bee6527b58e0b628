import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { route, table } from 'cdk-trellis/runtime';
import { type Profile, usersApi } from '../../contracts/users.js';

export const handler = route(
  usersApi.getProfile,
  { profiles: table.read },
  async ({ user }, { profiles }) => {
    const { Item } = await profiles.client.send(
      // The user may have changed the profile a moment ago in another window.
      new GetCommand({ TableName: profiles.tableName, Key: { userId: user.sub }, ConsistentRead: true }),
    );
    // Every user has a profile, which is empty until the first update.
    return { status: 200, body: (Item as Profile) ?? { userId: user.sub, displayName: '', version: 0 } };
  },
);
