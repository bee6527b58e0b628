import * as cognito from '@aws-sdk/client-cognito-identity-provider';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import * as s3 from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import * as dynamodb from '@aws-sdk/lib-dynamodb';
import {
  bucket,
  bus,
  handle,
  invoke,
  number,
  parameter,
  queue,
  secret,
  table,
  text,
  topic,
  users,
  workflow,
} from 'cdk-trellis/runtime';

const needs = {
  things: table.readWrite,
  work: queue.send,
  events: bus.publish,
  news: topic.publish,
  files: bucket.readWrite,
  apiKey: secret.read,
  rate: parameter.read,
  callee: invoke<typeof import('./callee.js')>().call,
  later: invoke<typeof import('./callee.js')>().send,
  flow: workflow.start,
  people: users.manage,
  stage: text(),
  limit: number(),
};

export interface Outcome {
  readonly probe: string;
  /** The error's name, where the call failed. */
  readonly error?: string;
  readonly message?: string;
}

/** Makes every call that the bindings are for. The words before the colon are the action that IAM must allow. */
export const handler = handle(needs, async (_event: object, bound): Promise<Outcome[]> => {
  const { things, work, events, news, files, apiKey, rate, callee, later, flow, people, stage, limit } =
    bound;
  const TableName = things.tableName;
  const Key = { id: 'a' };
  const Item = { ...Key, kind: 'x' };
  const ofPool = { UserPoolId: people.userPoolId };
  const ofAnn = { ...ofPool, Username: 'ann' };
  const inBucket = { Bucket: files.bucketName, Key: 'a' };
  const query = (IndexName?: string) =>
    new dynamodb.QueryCommand({
      TableName,
      IndexName,
      KeyConditionExpression: '#k = :v',
      ExpressionAttributeNames: { '#k': IndexName ? 'kind' : 'id' },
      ExpressionAttributeValues: { ':v': IndexName ? 'x' : 'a' },
    });
  const probes: Record<string, () => Promise<unknown>> = {
    'dynamodb:PutItem': () => things.client.send(new dynamodb.PutCommand({ TableName, Item })),
    'dynamodb:GetItem': () => things.client.send(new dynamodb.GetCommand({ TableName, Key })),
    'dynamodb:BatchGetItem': () =>
      things.client.send(new dynamodb.BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key] } } })),
    'dynamodb:Query': () => things.client.send(query()),
    'dynamodb:Query of an index': () => things.client.send(query('byKind')),
    'dynamodb:Scan': () => things.client.send(new dynamodb.ScanCommand({ TableName })),
    'dynamodb:UpdateItem': () =>
      things.client.send(
        new dynamodb.UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET n = :n',
          ExpressionAttributeValues: { ':n': 1 },
        }),
      ),
    'dynamodb:BatchWriteItem': () =>
      things.client.send(
        new dynamodb.BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }),
      ),
    'dynamodb:ConditionCheckItem': () =>
      things.client.send(
        new dynamodb.TransactWriteCommand({
          TransactItems: [
            { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(id)' } },
          ],
        }),
      ),
    'dynamodb:DeleteItem': () => things.client.send(new dynamodb.DeleteCommand({ TableName, Key })),
    'sqs:SendMessage': () =>
      work.client.send(new SendMessageCommand({ QueueUrl: work.queueUrl, MessageBody: '{}' })),
    'sqs:SendMessage of a batch': () =>
      work.client.send(
        new SendMessageBatchCommand({ QueueUrl: work.queueUrl, Entries: [{ Id: '1', MessageBody: '{}' }] }),
      ),
    'events:PutEvents': () =>
      events.client.send(
        new PutEventsCommand({
          Entries: [
            { EventBusName: events.eventBusName, Source: 'drill', DetailType: 'Probed', Detail: '{}' },
          ],
        }),
      ),
    'sns:Publish': () => news.client.send(new PublishCommand({ TopicArn: news.topicArn, Message: 'x' })),
    'sns:Publish of a batch': () =>
      news.client.send(
        new PublishBatchCommand({
          TopicArn: news.topicArn,
          PublishBatchRequestEntries: [{ Id: '1', Message: 'x' }],
        }),
      ),
    's3:PutObject': () => files.client.send(new s3.PutObjectCommand({ ...inBucket, Body: 'x' })),
    's3:GetObject': () => files.client.send(new s3.GetObjectCommand(inBucket)),
    's3:GetObject of its head': () => files.client.send(new s3.HeadObjectCommand(inBucket)),
    's3:ListBucket': () => files.client.send(new s3.ListObjectsV2Command({ Bucket: files.bucketName })),
    's3:AbortMultipartUpload': async () => {
      const { UploadId } = await files.client.send(
        new s3.CreateMultipartUploadCommand({ ...inBucket, Key: 'b' }),
      );
      await files.client.send(new s3.AbortMultipartUploadCommand({ ...inBucket, Key: 'b', UploadId }));
    },
    's3:DeleteObject': () => files.client.send(new s3.DeleteObjectCommand(inBucket)),
    'secretsmanager:GetSecretValue': () => apiKey.value({ forceFetch: true }),
    'ssm:GetParameter': () => rate.value({ forceFetch: true }),
    'lambda:InvokeFunction': () => callee.call({ name: stage }),
    'lambda:InvokeFunction without waiting': () => later.send({ name: stage }),
    'states:StartExecution': () =>
      flow.client.send(new StartExecutionCommand({ stateMachineArn: flow.stateMachineArn })),
    'cognito-idp:AdminCreateUser': () =>
      people.client.send(new cognito.AdminCreateUserCommand({ ...ofAnn, MessageAction: 'SUPPRESS' })),
    'cognito-idp:AdminGetUser': () => people.client.send(new cognito.AdminGetUserCommand(ofAnn)),
    'cognito-idp:ListUsers': () => people.client.send(new cognito.ListUsersCommand(ofPool)),
    'cognito-idp:AdminUpdateUserAttributes': () =>
      people.client.send(
        new cognito.AdminUpdateUserAttributesCommand({
          ...ofAnn,
          UserAttributes: [{ Name: 'name', Value: 'Ann' }],
        }),
      ),
    'cognito-idp:AdminDisableUser': () => people.client.send(new cognito.AdminDisableUserCommand(ofAnn)),
    'cognito-idp:AdminEnableUser': () => people.client.send(new cognito.AdminEnableUserCommand(ofAnn)),
    'cognito-idp:AdminAddUserToGroup': () =>
      people.client.send(new cognito.AdminAddUserToGroupCommand({ ...ofAnn, GroupName: 'none' })),
    'cognito-idp:AdminRemoveUserFromGroup': () =>
      people.client.send(new cognito.AdminRemoveUserFromGroupCommand({ ...ofAnn, GroupName: 'none' })),
    'cognito-idp:AdminListGroupsForUser': () =>
      people.client.send(new cognito.AdminListGroupsForUserCommand(ofAnn)),
    'cognito-idp:AdminDeleteUser': () => people.client.send(new cognito.AdminDeleteUserCommand(ofAnn)),
  };
  const outcomes: Outcome[] = [{ probe: `text ${stage}, number ${limit + 1}` }];
  for (const [probe, call] of Object.entries(probes)) {
    try {
      await call();
      outcomes.push({ probe });
    } catch (error) {
      const { name, message } = error as Error;
      outcomes.push({ probe, error: name, message });
    }
  }
  return outcomes;
});
