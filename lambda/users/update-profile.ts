import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { versionConflict } from '@storefront/commerce/problems';
import { route, table } from 'cdk-trellis/runtime';
import { usersApi } from '../../contracts/users.js';

export const handler = route(
  usersApi.updateProfile,
  { profiles: table.write },
  async ({ user, body: { version, ...details } }, { profiles }) => {
    const profile = {
      ...details,
      userId: user.sub,
      version: version + 1,
      updatedAt: new Date().toISOString(),
    };
    try {
      await profiles.client.send(
        new PutCommand({
          TableName: profiles.tableName,
          Item: profile,
          // The version that the caller read must still be current.
          ...(version === 0
            ? { ConditionExpression: 'attribute_not_exists(userId)' }
            : {
                ConditionExpression: '#version = :expected',
                ExpressionAttributeNames: { '#version': 'version' },
                ExpressionAttributeValues: { ':expected': version },
              }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw versionConflict(version, Number(error.Item?.version?.N ?? 0));
    }
    return { status: 200, body: profile };
  },
);
