import { randomUUID } from 'node:crypto';
import * as cognito from '@aws-sdk/client-cognito-identity-provider';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import * as s3 from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import * as dynamodb from '@aws-sdk/lib-dynamodb';
import type {
  BucketClient,
  BusClient,
  CallClient,
  IdempotencyClient,
  ParameterClient,
  QueueClient,
  SecretClient,
  SendClient,
  TableClient,
  TopicClient,
  UsersClient,
  WorkflowClient,
} from 'cdk-trellis/runtime';

/** The index of the drill's table. */
export const INDEX = 'byKind';

/** A call, and whether it succeeded. */
export interface Outcome {
  /** The actions that IAM must allow, joined by a plus; a resource or a variant follows after a space. */
  readonly probe: string;
  /** The error's name, where the call failed. */
  readonly error?: string;
  readonly message?: string;
  readonly status?: number;
}

type ServiceException = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
type Probes = Readonly<Record<string, () => Promise<unknown>>>;
type Callee = typeof import('./callee.js');

/** Every call that the bindings are for, by the kind of need. */
const PROBES: Readonly<Record<string, (client: never) => Probes>> = {
  table: ({ tableName: TableName, client }: TableClient) => {
    const Key = { id: 'a' };
    const Item = { ...Key, kind: 'x' };
    const query = (name: string, value: string, IndexName?: string) =>
      new dynamodb.QueryCommand({
        TableName,
        IndexName,
        KeyConditionExpression: '#k = :v',
        ExpressionAttributeNames: { '#k': name },
        ExpressionAttributeValues: { ':v': value },
      });
    return {
      'dynamodb:PutItem': () => client.send(new dynamodb.PutCommand({ TableName, Item })),
      'dynamodb:GetItem': () => client.send(new dynamodb.GetCommand({ TableName, Key })),
      'dynamodb:BatchGetItem': () =>
        client.send(new dynamodb.BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key] } } })),
      'dynamodb:Query': () => client.send(query('id', 'a')),
      'dynamodb:Query index': () => client.send(query('kind', 'x', INDEX)),
      'dynamodb:Scan': () => client.send(new dynamodb.ScanCommand({ TableName })),
      'dynamodb:Scan index': () => client.send(new dynamodb.ScanCommand({ TableName, IndexName: INDEX })),
      'dynamodb:UpdateItem': () =>
        client.send(
          new dynamodb.UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET n = :n',
            ExpressionAttributeValues: { ':n': 1 },
          }),
        ),
      'dynamodb:BatchWriteItem': () =>
        client.send(
          new dynamodb.BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }),
        ),
      'dynamodb:ConditionCheckItem': () =>
        client.send(
          new dynamodb.TransactWriteCommand({
            TransactItems: [
              { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(id)' } },
            ],
          }),
        ),
      'dynamodb:DeleteItem': () => client.send(new dynamodb.DeleteCommand({ TableName, Key })),
    };
  },
  queue: ({ queueUrl: QueueUrl, client }: QueueClient) => ({
    'sqs:SendMessage': () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' })),
    'sqs:SendMessage batch': () =>
      client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: '{}' }] })),
  }),
  bus: ({ eventBusName: EventBusName, client }: BusClient) => ({
    'events:PutEvents': () =>
      client.send(
        new PutEventsCommand({
          Entries: [{ EventBusName, Source: 'drill', DetailType: 'Probed', Detail: '{}' }],
        }),
      ),
  }),
  topic: ({ topicArn: TopicArn, client }: TopicClient) => ({
    'sns:Publish': () => client.send(new PublishCommand({ TopicArn, Message: 'x' })),
    'sns:Publish batch': () =>
      client.send(
        new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'x' }] }),
      ),
  }),
  bucket: ({ bucketName: Bucket, client }: BucketClient) => {
    const object = { Bucket, Key: 'a' };
    return {
      's3:PutObject': () => client.send(new s3.PutObjectCommand({ ...object, Body: 'x' })),
      's3:PutObject multipart': () => client.send(new s3.CreateMultipartUploadCommand(object)),
      's3:GetObject': () => client.send(new s3.GetObjectCommand(object)),
      's3:GetObject head': () => client.send(new s3.HeadObjectCommand(object)),
      's3:ListBucket': () => client.send(new s3.ListObjectsV2Command({ Bucket })),
      's3:AbortMultipartUpload': () =>
        client.send(new s3.AbortMultipartUploadCommand({ ...object, UploadId: 'none' })),
      's3:DeleteObject': () => client.send(new s3.DeleteObjectCommand(object)),
    };
  },
  secret: (secret: SecretClient) => ({
    'secretsmanager:GetSecretValue': () => secret.value({ forceFetch: true }),
  }),
  parameter: (parameter: ParameterClient) => ({
    'ssm:GetParameter': () => parameter.value({ forceFetch: true }),
  }),
  invoke: (callee: CallClient<Callee> | SendClient<Callee>) => ({
    'lambda:InvokeFunction': () =>
      'call' in callee ? callee.call({ name: 'Ann' }) : callee.send({ name: 'Ann' }),
    'lambda:InvokeFunction dry run': () => callee.dryRun({ name: 'Ann' }),
  }),
  workflow: ({ stateMachineArn, client }: WorkflowClient) => ({
    'states:StartExecution': () => client.send(new StartExecutionCommand({ stateMachineArn })),
  }),
  users: ({ userPoolId: UserPoolId, client }: UsersClient) => {
    const ann = { UserPoolId, Username: 'ann' };
    const member = { ...ann, GroupName: 'none' };
    const UserAttributes = [{ Name: 'name', Value: 'Ann' }];
    const calls = {
      AdminCreateUser: () => new cognito.AdminCreateUserCommand({ ...ann, MessageAction: 'SUPPRESS' }),
      AdminGetUser: () => new cognito.AdminGetUserCommand(ann),
      ListUsers: () => new cognito.ListUsersCommand({ UserPoolId }),
      AdminUpdateUserAttributes: () =>
        new cognito.AdminUpdateUserAttributesCommand({ ...ann, UserAttributes }),
      AdminDisableUser: () => new cognito.AdminDisableUserCommand(ann),
      AdminEnableUser: () => new cognito.AdminEnableUserCommand(ann),
      AdminAddUserToGroup: () => new cognito.AdminAddUserToGroupCommand(member),
      AdminRemoveUserFromGroup: () => new cognito.AdminRemoveUserFromGroupCommand(member),
      AdminListGroupsForUser: () => new cognito.AdminListGroupsForUserCommand(ann),
      AdminDeleteUser: () => new cognito.AdminDeleteUserCommand(ann),
    };
    return Object.fromEntries(
      Object.entries(calls).map(([action, command]) => [
        `cognito-idp:${action}`,
        () => client.send(command() as cognito.AdminGetUserCommand),
      ]),
    );
  },
  idempotency: (once: IdempotencyClient) => {
    // That the end of work could not be noted is logged, not thrown: a repetition finds the work still in progress.
    const repeated = async (first: () => Promise<string>, expected: string) => {
      const key = randomUUID();
      await once.run(key, first).catch((error: Error) => {
        if (!(error instanceof RangeError)) throw error;
      });
      const again = await once.run(key, async () => 'again').catch(({ name }: Error) => name);
      if (again !== expected) throw new Error(`not authorized to note the end of the work: ${again}`);
    };
    const failing = async () => {
      throw new RangeError('as meant');
    };
    return {
      'dynamodb:PutItem+dynamodb:UpdateItem': () => repeated(async () => 'done', 'done'),
      'dynamodb:PutItem+dynamodb:DeleteItem': () => repeated(failing, 'again'),
    };
  },
  text: () => ({}),
  number: () => ({}),
};

/** A handler that makes all calls of a kind of need, permitted or not. */
export function probes(kind: string) {
  return async (_event: object, { it }: { it: unknown }) => {
    const outcomes: Outcome[] = [];
    const calls = PROBES[kind];
    if (!calls) throw new Error(`The drill has no calls for needs of the kind ${kind}`);
    for (const [probe, call] of Object.entries(calls(it as never))) {
      try {
        await call();
        outcomes.push({ probe });
      } catch (error) {
        // Powertools puts its own error around the SDK's.
        const { name, message, $metadata } = ((error as Error).cause ?? error) as ServiceException;
        outcomes.push({ probe, error: name, message, status: $metadata?.httpStatusCode });
      }
    }
    return { outcomes, ...(typeof it !== 'object' && { value: it }) };
  };
}
