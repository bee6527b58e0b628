import { type Exception, withoutExceptions } from './exceptions.js';
import { type Finding, findingsOf } from './findings.js';
import { Reference } from './reference.js';
import type { Templates } from './template.js';

let reference: Reference;
beforeAll(async () => {
  reference = await Reference.installed();
});

const RESOURCES = {
  Orders: { Type: 'AWS::DynamoDB::GlobalTable' },
  Files: { Type: 'AWS::S3::Bucket' },
  Logs: { Type: 'AWS::Logs::LogGroup' },
  Mails: { Type: 'AWS::SQS::Queue' },
  Flow: { Type: 'AWS::StepFunctions::StateMachine' },
};
const ORDERS = { 'Fn::GetAtt': ['Orders', 'Arn'] };
const STREAM = { 'Fn::GetAtt': 'Orders.StreamArn' };
const INDEX = { 'Fn::Join': ['', [ORDERS, '/index/byDay']] };
const FILES = { 'Fn::GetAtt': ['Files', 'Arn'] };
const IN_FILES = { 'Fn::Sub': ['${Bucket}/*', { Bucket: FILES }] };
const LOGS = { 'Fn::GetAtt': ['Logs', 'Arn'] };
const FUNCTION = {
  'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:charge',
};

/** A role of its own that is allowed something. */
const allowing = (Action: unknown, Resource: unknown, more: object = {}) =>
  role({ Effect: 'Allow', Action, Resource, ...more });

const role = (...Statement: object[]): Templates => ({
  Shop: {
    Resources: {
      ...RESOURCES,
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyName: 'Own', PolicyDocument: { Statement } }] },
        Metadata: { 'aws:cdk:path': 'Shop/Place/Role' },
      },
    },
  },
});

const resource = (Type: string, Properties: Record<string, unknown>): Templates => ({
  Shop: { Resources: { ...RESOURCES, One: { Type, Properties } } },
});

const short = (templates: Templates) =>
  findingsOf(templates, reference).map(({ rule, what, resource }) => [rule, what, resource]);

it.each([
  ['actions on a table', ['dynamodb:GetItem', 'dynamodb:Query'], [ORDERS, INDEX]],
  ['actions on an index', 'dynamodb:Query', INDEX],
  ['actions on a stream', ['dynamodb:GetRecords', 'dynamodb:DescribeStream'], STREAM],
  ['a bucket and what is in it', ['s3:ListBucket', 's3:GetObject'], [FILES, IN_FILES]],
  ['the streams of a log group', ['logs:CreateLogStream', 'logs:PutLogEvents'], LOGS],
  ['a function by its name', 'lambda:InvokeFunction', FUNCTION],
  ['a state machine', 'states:StartExecution', { Ref: 'Flow' }],
  ['what is about no single resource', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'],
])('finds nothing in %s', (_, action, on) => {
  expect(short(allowing(action, on))).toEqual([]);
});

it.each([
  ['an action that AWS has not', 'dynamodb:FetchItem', ORDERS],
  ['an action of a service that AWS has not', 'dynamo:GetItem', ORDERS],
])('finds %s', (_, action, on) => {
  expect(short(allowing(['dynamodb:GetItem', action], on))).toEqual([
    ['unknown action', action, expect.stringContaining(':table/Orders')],
  ]);
});

it.each([
  ['objects where the bucket is named', 's3:GetObject', FILES],
  ['a bucket where its objects are named', 's3:ListBucket', IN_FILES],
  ['items of an index', 'dynamodb:GetItem', INDEX],
  ['a table where its stream is named', 'dynamodb:PutItem', STREAM],
  ['a table where a queue is named', 'dynamodb:PutItem', { 'Fn::GetAtt': ['Mails', 'Arn'] }],
  ['a resource for an action that takes none', 'xray:PutTraceSegments', ORDERS],
  ['a resource by its name', 'states:StartExecution', { 'Fn::GetAtt': ['Flow', 'Name'] }],
])('finds a mismatch: %s', (_, action, on) => {
  expect(short(allowing(action, on))).toContainEqual(['resource mismatch', action, expect.any(String)]);
});

it('finds a resource that none of the actions is about', () => {
  const [finding, ...others] = findingsOf(allowing('dynamodb:GetItem', [ORDERS, FILES]), reference);
  expect(finding).toEqual({
    rule: 'resource mismatch',
    what: 'dynamodb:GetItem',
    resource: 'arn:aws:s3:::Files',
    at: 'Shop/Place/Role',
  } satisfies Finding);
  expect(others).toEqual([]);
});

it('finds the ARN of a type that it does not know', () => {
  const templates = {
    Shop: {
      Resources: {
        ...allowing('kinesis:PutRecord', { 'Fn::GetAtt': ['New', 'Arn'] }).Shop!.Resources,
        New: { Type: 'AWS::New::Thing' },
      },
    },
  };
  expect(short(templates)).toContainEqual([
    'resource mismatch',
    'kinesis:PutRecord',
    expect.stringContaining('AWS::New::Thing'),
  ]);
});

it.each([
  ['every resource', '*'],
  ['every table', { 'Fn::Sub': 'arn:aws:dynamodb:us-east-1:111122223333:table/*' }],
  ['every table of any account', 'arn:aws:dynamodb:*:*:table/*'],
])('finds a grant that is too wide: %s', (_, on) => {
  expect(short(allowing('dynamodb:GetItem', on))).toEqual([
    ['resource too wide', 'dynamodb:GetItem', expect.stringContaining('*')],
  ]);
});

it('finds one action among others that could be for one resource only', () => {
  expect(short(allowing(['xray:PutTraceSegments', 'sqs:SendMessage'], '*'))).toEqual([
    ['resource too wide', 'sqs:SendMessage', '*'],
  ]);
});

it('finds actions by a pattern, and what is allowed by an exclusion', () => {
  expect(short(allowing('dynamodb:*', ORDERS))).toContainEqual([
    'actions by a pattern',
    'dynamodb:*',
    expect.any(String),
  ]);
  expect(short(role({ Effect: 'Allow', NotAction: 'iam:CreateUser', Resource: '*' }))).toEqual([
    ['everything but', 'iam:CreateUser', '*'],
  ]);
});

it('finds a condition that the action does not know', () => {
  const on = (key: string) =>
    allowing('s3:ListBucket', FILES, { Condition: { StringLike: { [key]: 'a/*' } } });
  expect(short(on('s3:prefix'))).toEqual([]);
  expect(short(on('aws:SourceVpce'))).toEqual([]);
  expect(short(on('s3:ObjectPrefix'))).toEqual([['unknown condition', 's3:ListBucket', 's3:ObjectPrefix']]);
  expect(short(on('aws:SourceVpcEndpoint'))).toHaveLength(1);
});

it('reads who may assume a role', () => {
  const trusting = (Condition: object) =>
    resource('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Condition }],
      },
    });
  const sub = 'token.actions.githubusercontent.com:sub';
  expect(short(trusting({ StringLike: { [sub]: 'repo:shop/shop:*' } }))).toEqual([]);
  expect(short(trusting({ StringLike: { 'token.actions.githubusercontent.com/shop:ref': 'main' } }))).toEqual(
    [],
  );
  expect(short(trusting({ StringLike: { [`${sub}ject`]: 'repo:shop/shop:*' } }))).toHaveLength(1);
});

it('reads policies of resources, also what they deny', () => {
  const policy = (statement: object) =>
    resource('AWS::SQS::QueuePolicy', { PolicyDocument: { Statement: [statement] } });
  const on = { Resource: { 'Fn::GetAtt': ['Mails', 'Arn'] } };
  const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
  const everybody = { Principal: { AWS: '*' } };
  expect(
    short(policy({ Effect: 'Deny', Action: 'sqs:*', ...everybody, ...on, Condition: insecure })),
  ).toEqual([]);
  expect(short(policy({ Effect: 'Allow', Action: 'sqs:SendMessage', ...everybody, ...on }))).toEqual([
    ['everybody', 'sqs:SendMessage', expect.any(String)],
  ]);
  expect(short(policy({ Effect: 'Deny', Action: 'sqs:Sent*', ...everybody, ...on }))).toEqual([
    ['unknown action', 'sqs:Sent*', expect.any(String)],
  ]);
});

it('reads permissions of functions', () => {
  const permission = (Action: string) =>
    resource('AWS::Lambda::Permission', { Action, Principal: 's3.amazonaws.com', SourceArn: FILES });
  expect(short(permission('lambda:InvokeFunction'))).toEqual([]);
  expect(short(permission('lambda:CallFunction'))).toEqual([['unknown action', 'lambda:CallFunction', '']]);
});

it('reads what another stack of the app exports or stores', () => {
  const other = {
    Resources: {
      ...RESOURCES,
      Name: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/files', Value: FILES } },
    },
    Outputs: { Files: { Value: FILES, Export: { Name: 'files' } } },
  };
  const stored = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/files' };
  const shop = (on: object) => ({
    Other: other,
    Shop: { ...allowing('s3:GetObject', on).Shop!, Parameters: { Stored: stored } },
  });
  const mismatch = [['resource mismatch', 's3:GetObject', 'arn:aws:s3:::Files']];
  expect(short(shop({ 'Fn::ImportValue': 'files' })).slice(0, 1)).toEqual(mismatch);
  expect(short(shop({ Ref: 'Stored' })).slice(0, 1)).toEqual(mismatch);
  expect(short(shop({ 'Fn::Join': ['', [{ Ref: 'Stored' }, '/a/*']] }))).toEqual([]);
});

it("finds AWS's own policies, whose grants are not the app's to choose", () => {
  const arn = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess' };
  expect(short(resource('AWS::IAM::Role', { ManagedPolicyArns: [arn] }))).toEqual([
    ['managed policy', 'AdministratorAccess', '*'],
  ]);
});

describe('an exception', () => {
  const finding: Finding = {
    rule: 'resource too wide',
    what: 's3:GetObject',
    resource: '*',
    at: 'Shop/Role',
  };
  const exception: Exception = {
    rule: 'resource too wide',
    what: 's3:GetObject',
    resource: /^\*$/,
    reason: 'a test',
  };

  it('excepts what it names', () => {
    expect(withoutExceptions([finding], [exception])).toEqual([]);
  });

  it.each([
    ['rule', { ...finding, rule: 'resource mismatch' } as const],
    ['action', { ...finding, what: 's3:PutObject' }],
    ['resource', { ...finding, resource: 'arn:aws:s3:::*' }],
  ])('excepts no other %s, and is reported when nothing matches it', (_, other) => {
    expect(withoutExceptions([other], [exception])).toEqual([
      expect.stringContaining(other.what),
      expect.stringMatching(/^an exception that excepts nothing: resource too wide: s3:GetObject/),
    ]);
  });
});
