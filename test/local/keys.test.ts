import { createHash } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Credentials, signed } from '../support/sigv4.js';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction } from './emulator.js';
import { table } from './resources.js';

const emulators = pairOfEmulators(['random_session_keys', 'identities_of_pools', 'logins_of_identities']);

/** Reads with the keys of a function's role, as MiniStack derives them from ARNs. */
async function readAsOwner(emulator: Emulator): Promise<string> {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const account = '000000000000';
  const digest = hash(
    `arn:aws:lambda:us-east-1:${account}:function:Owner:arn:aws:iam::${account}:role/OwnerRole`,
  );
  const credentials = {
    accessKeyId: `ASIA${digest.slice(0, 16).toUpperCase()}`,
    secretAccessKey: hash(`secret:${digest}`),
    sessionToken: hash(`token:${digest}`),
  };
  const client = new DynamoDBClient({ ...emulator.client, credentials });
  return client.send(new ScanCommand({ TableName: 'Notes' })).then(
    () => 'read',
    ({ name }: Error) => name,
  );
}

const OWNER = `
  const { DynamoDBClient, ScanCommand } = require('@aws-sdk/client-dynamodb');
  exports.handler = async () => {
    await new DynamoDBClient({}).send(new ScanCommand({ TableName: 'Notes' }));
    return Object.keys(process.env).filter((name) => name.startsWith('TRELLIS'));
  };`;

const resources = {
  Table: table(),
  ...inlineFunction('Owner', OWNER, {}, [
    { Effect: 'Allow', Action: 'dynamodb:Scan', Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } },
  ]),
};

beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain]) {
    await emulator.deploy('Keys', { Resources: resources });
    expect(await emulator.invoke('Owner')).toEqual([]);
  }
});

correction(
  emulators,
  'random_session_keys',
  "rejects computed keys of a function's role",
  readAsOwner,
  'UnrecognizedClientException',
);

/** The caller's ARN as STS knows it, or the code of its error. */
const whoAmI = async (emulator: Emulator, credentials: Credentials) => {
  const url = `${emulator.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15`;
  const response = await fetch(url, { headers: signed(url, credentials, 'sts') });
  return /<(?:Arn|Code)>(.*?)</.exec(await response.text())?.[1];
};

correction(
  emulators,
  'identities_of_pools',
  'has no credentials for an identity that no identity pool has',
  async ({ endpoint }) => {
    const target = 'AWSCognitoIdentityService.GetCredentialsForIdentity';
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
    const body = '{"IdentityId":"us-east-1:none"}';
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    return (await response.json()).__type;
  },
  'ResourceNotFoundException',
);

correction(
  emulators,
  'logins_of_identities',
  'gives no identity for an invented token, nor for none where the pool does not allow it',
  async (emulator) => {
    const Pool = {
      Type: 'AWS::Cognito::IdentityPool',
      Properties: {
        AllowUnauthenticatedIdentities: false,
        SupportedLoginProviders: { 'graph.facebook.com': '1', 'accounts.google.com': '2' },
      },
    };
    const Open = { Type: Pool.Type, Properties: { AllowUnauthenticatedIdentities: true } };
    const { closed, open } = await emulator.deploy('Identities', {
      Resources: { Pool, Open },
      Outputs: { closed: { Value: { Ref: 'Pool' } }, open: { Value: { Ref: 'Open' } } },
    });
    const headers = {
      'x-amz-target': 'AWSCognitoIdentityService.GetId',
      'content-type': 'application/x-amz-json-1.1',
    };
    const getId = async (IdentityPoolId: string | undefined, Logins?: object) => {
      const body = JSON.stringify({ IdentityPoolId, Logins });
      return (await fetch(emulator.endpoint, { method: 'POST', headers, body })).status;
    };
    return [
      await getId(closed, { 'graph.facebook.com': 'made-up' }),
      await getId(closed, { 'accounts.google.com': 'e30.e30.e30' }),
      await getId(closed),
      await getId(open),
    ];
  },
  [400, 400, 400, 200],
);

it("refuses the root user's key with another secret, and the keys that MiniStack takes for root's", async () => {
  const { corrected } = emulators;
  const { accessKeyId, secretAccessKey } = corrected.instance.credentials;
  const secret = 'other';
  expect([
    await whoAmI(corrected, { accessKeyId, secretAccessKey }),
    await whoAmI(corrected, { accessKeyId, secretAccessKey: secret }),
    await whoAmI(corrected, { accessKeyId: 'test', secretAccessKey: 'test' }),
    await whoAmI(corrected, { accessKeyId: '000000000000', secretAccessKey: secret }),
  ]).toEqual([
    'arn:aws:iam::000000000000:root',
    'SignatureDoesNotMatch',
    ...Array(2).fill('InvalidClientTokenId'),
  ]);
});

it.each(['AKIAIOSFODNN7EXAMPLE', 'test', '000000000000'])(
  'rejects the key %s as unknown, as AWS does in each protocol',
  async (accessKeyId) => {
    const client = {
      ...emulators.corrected.client,
      credentials: { accessKeyId, secretAccessKey: 'secret' },
      maxAttempts: 1,
    };
    const errorOf = (call: Promise<unknown>) =>
      call.then(
        () => 'no error',
        ({ name, $metadata }) => `${name} ${$metadata.httpStatusCode}`,
      );
    const lambda = new LambdaClient(client);
    const s3 = new S3Client({ ...client, forcePathStyle: true });
    expect({
      json: await errorOf(new DynamoDBClient(client).send(new ListTablesCommand({}))),
      rest: await errorOf(lambda.send(new GetFunctionCommand({ FunctionName: 'None' }))),
      query: await errorOf(new CloudFormationClient(client).send(new DescribeStacksCommand({}))),
      s3: await errorOf(s3.send(new ListObjectsV2Command({ Bucket: 'private' }))),
    }).toEqual({
      json: 'UnrecognizedClientException 400',
      rest: 'UnrecognizedClientException 403',
      query: 'InvalidClientTokenId 403',
      s3: 'InvalidAccessKeyId 403',
    });
  },
);

const statusAt = (emulator: Emulator, path: string, init?: RequestInit) =>
  fetch(`${emulator.endpoint}${path}`, init).then(({ status }) => status);

it('serves callers without credentials only what the policy of a bucket allows everyone', async () => {
  const s3 = new S3Client({ ...emulators.corrected.client, forcePathStyle: true });
  for (const Bucket of ['private', 'public']) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a.txt', Body: 'text' }));
  }
  const [Effect, Principal, Action, Resource] = ['Allow', '*', 's3:GetObject', 'arn:aws:s3:::public/*'];
  const Statement = [{ Effect, Principal, Action, Resource }];
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket: 'public' }));
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: 'public',
      Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  const at = (path: string, init?: RequestInit) => statusAt(emulators.corrected, path, init);
  expect([
    await at('/private/a.txt'),
    await at('/private'),
    await at('/private/b.txt', { method: 'PUT', body: 'new' }),
    await at('/public/a.txt'),
    await at('/public/a.txt', { method: 'DELETE' }),
  ]).toEqual([403, 403, 403, 200, 403]);
});

it("keeps the keys of IAM users over a restart, and forgets the root user's", async () => {
  const { corrected } = emulators;
  const iam = new IAMClient(corrected.client);
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  const keys = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  const before = corrected.instance.credentials;
  await corrected.save();
  await corrected.kill();
  await corrected.restart();
  expect([
    await whoAmI(corrected, keys),
    await whoAmI(corrected, before),
    await whoAmI(corrected, corrected.instance.credentials),
  ]).toEqual([
    'arn:aws:iam::000000000000:user/ann',
    'InvalidClientTokenId',
    'arn:aws:iam::000000000000:root',
  ]);
  expect(await corrected.invoke('Owner')).toEqual([]);
});

it('are new after each start', async () => {
  const { corrected, plain } = emulators;
  const [one, other] = [corrected.instance.credentials, plain.instance.credentials];
  expect(one.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(one.secretAccessKey).toMatch(/^[\w-]{40}$/);
  expect([other.accessKeyId, other.secretAccessKey]).not.toEqual([one.accessKeyId, one.secretAccessKey]);
});
