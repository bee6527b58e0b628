import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { type RestEventOptions, restEvent } from 'cdk-trellis/testing';
import { handler as getProfile } from '../../../lambda/users/get-profile.js';
import { handler as updateProfile } from '../../../lambda/users/update-profile.js';

const dynamo = mockClient(DynamoDBDocumentClient);
const profiles = { tableName: 'profiles', client: dynamo as unknown as DynamoDBDocumentClient };
const ada = { sub: 'user-ada' };
const address = {
  recipient: 'Ada Lovelace',
  street: "St James's Square 12",
  postalCode: 'SW1Y 4JH',
  city: 'London',
  country: 'GB',
};

async function call(handler: any, options: RestEventOptions) {
  const { statusCode, body } = await handler.with({ profiles })(restEvent({ user: ada, ...options }));
  return { status: statusCode as number, body: JSON.parse(body) };
}

beforeEach(() => dynamo.reset());

describe('getProfile', () => {
  it('returns an empty profile before the first update', async () => {
    dynamo.on(GetCommand).resolves({});
    expect(await call(getProfile, {})).toEqual({
      status: 200,
      body: { userId: 'user-ada', displayName: '', version: 0 },
    });
  });

  it('returns the profile of the caller only', async () => {
    const item = {
      userId: 'user-ada',
      displayName: 'Ada',
      version: 3,
      updatedAt: '2026-01-01T00:00:00.000Z',
    };
    dynamo.on(GetCommand, { TableName: 'profiles', Key: { userId: 'user-ada' } }).resolves({ Item: item });
    expect(await call(getProfile, { query: {} })).toEqual({ status: 200, body: item });
  });

  it('is for users only', async () => {
    const { statusCode } = await getProfile.with({ profiles })(restEvent());
    expect(statusCode).toBe(401);
  });
});

describe('updateProfile', () => {
  const body = { displayName: 'Ada', address, version: 0 };

  it('writes the first profile only if it does not exist', async () => {
    dynamo.on(PutCommand).resolves({});
    expect(await call(updateProfile, { method: 'PUT', body })).toMatchObject({
      status: 200,
      body: { userId: 'user-ada', displayName: 'Ada', address, version: 1 },
    });
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input).toMatchObject({
      Item: { userId: 'user-ada', version: 1 },
      ConditionExpression: 'attribute_not_exists(userId)',
    });
  });

  it('changes only the version that the caller read', async () => {
    dynamo.on(PutCommand).resolves({});
    await call(updateProfile, { method: 'PUT', body: { ...body, version: 4 } });
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input).toMatchObject({
      Item: { version: 5 },
      ConditionExpression: '#version = :expected',
      ExpressionAttributeValues: { ':expected': 4 },
    });
  });

  it('returns 409 with the current version when the profile has changed', async () => {
    dynamo.on(PutCommand).rejects(
      new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        Item: { version: { N: '6' } },
      }),
    );
    expect(await call(updateProfile, { method: 'PUT', body: { ...body, version: 4 } })).toMatchObject({
      status: 409,
      body: { currentVersion: 6 },
    });
  });

  it.each([
    ['a name of spaces', { ...body, displayName: '   ' }],
    ['a name of two lines', { ...body, displayName: 'Ada\nLovelace' }],
    ['a name that is too long', { ...body, displayName: 'a'.repeat(101) }],
    ['a country that is not a code', { ...body, address: { ...address, country: 'England' } }],
    ["another user's id", { ...body, userId: 'user-eve' }],
    ['a negative version', { ...body, version: -1 }],
  ])('refuses %s', async (_, invalidBody) => {
    expect(await call(updateProfile, { method: 'PUT', body: invalidBody })).toMatchObject({ status: 400 });
    expect(dynamo.calls()).toHaveLength(0);
  });
});
