import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { correction, pairOfEmulators } from './corrections.js';
import type { Emulator } from './emulator.js';
import { table as tableResource } from './resources.js';

const emulators = pairOfEmulators([
  'time_to_live',
  'updated_global_tables',
  'table_names',
  'user_pool_provider_url',
  'pseudo_parameters',
  'alarms_on_expressions',
]);

const table = (ttl?: object) => ({
  Resources: {
    Table: tableResource('Expiring', ttl),
  },
});

async function ttlOf(emulator: Emulator) {
  const client = new DynamoDBClient(emulator.client);
  const { TimeToLiveDescription } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: 'Expiring' }),
  );
  return [TimeToLiveDescription?.TimeToLiveStatus, TimeToLiveDescription?.AttributeName];
}

correction(
  emulators,
  'time_to_live',
  "sets a table's time to live, and takes it away in an update",
  async (emulator) => {
    const ttl = { TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } };
    await emulator.deploy('Ttl', table(ttl));
    const set = await ttlOf(emulator);
    await emulator.deploy('Ttl', table(), true);
    return [set, await ttlOf(emulator)];
  },
  [
    ['ENABLED', 'expires'],
    ['DISABLED', undefined],
  ],
);

correction(
  emulators,
  'updated_global_tables',
  'changes a global table in place, with what it holds, for an index and a time to live',
  async (emulator) => {
    const client = new DynamoDBClient(emulator.client);
    const keys = (name: string) => [{ AttributeName: name, KeyType: 'HASH' }];
    const byDay = [{ IndexName: 'byDay', KeySchema: keys('day'), Projection: { ProjectionType: 'ALL' } }];
    const attributes = (...names: string[]) =>
      names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
    const deploy = async (more: object, update: boolean, names = ['id']) => {
      const Properties = {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributes(...names),
        KeySchema: keys('id'),
        Replicas: [{ Region: 'us-east-1' }],
        ...more,
      };
      const Resources = { Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties } };
      const Outputs = { name: { Value: { Ref: 'Table' } } };
      return (await emulator.deploy('Global', { Resources, Outputs }, update)).name as string;
    };
    const TableName = await deploy({}, false);
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: 'kept' } } }));
    const indexed = await deploy({ GlobalSecondaryIndexes: byDay }, true, ['id', 'day']);
    const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true };
    const expiring = await deploy({ GlobalSecondaryIndexes: byDay, TimeToLiveSpecification }, true, [
      'id',
      'day',
    ]);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'kept' } } }));
    return [indexed === TableName, expiring === TableName, Item?.id?.S];
  },
  [true, true, 'kept'],
);

correction(
  emulators,
  'table_names',
  "refuses a table of another table's name, and keeps what that holds",
  async (emulator) => {
    const client = new DynamoDBClient(emulator.client);
    const item = { id: { S: 'kept' } };
    const isRefused = (stack: string, template: object) =>
      emulator.deploy(stack, { ...template }).then(
        () => false,
        () => true,
      );
    await emulator.deploy('Owner', table({ TableName: 'Taken' }));
    await client.send(new PutItemCommand({ TableName: 'Taken', Item: item }));
    const { Table } = table({ TableName: 'Twice' }).Resources;
    const refused = [
      await isRefused('Other', table({ TableName: 'Taken' })),
      await isRefused('Twice', { Resources: { Table, Again: Table } }),
    ];
    const { Item } = await client.send(new GetItemCommand({ TableName: 'Taken', Key: item }));
    return [...refused, Item];
  },
  [true, true, { id: { S: 'kept' } }],
);

correction(
  emulators,
  'user_pool_provider_url',
  "gives the issuer of a user pool's tokens",
  async (emulator) => {
    const outputs = await emulator.deploy('Pool', {
      Resources: { Pool: { Type: 'AWS::Cognito::UserPool' } },
      Outputs: { Url: { Value: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] } }, Id: { Value: { Ref: 'Pool' } } },
    });
    return outputs.Url?.replace(outputs.Id!, 'ID');
  },
  'https://cognito-idp.us-east-1.amazonaws.com/ID',
);

correction(
  emulators,
  'pseudo_parameters',
  'evaluates conditions on pseudo parameters',
  async (emulator) => {
    const equals = (name: string, value: string) => ({ 'Fn::Equals': [{ Ref: name }, value] });
    const conditions = {
      Here: equals('AWS::Region', 'us-east-1'),
      Ours: equals('AWS::AccountId', '000000000000'),
      Aws: equals('AWS::Partition', 'aws'),
      China: equals('AWS::URLSuffix', 'amazonaws.com.cn'),
    };
    const outputs = Object.keys(conditions).map((name) => [name, { Condition: name, Value: 'true' }]);
    return Object.keys(
      await emulator.deploy('Conditions', {
        Conditions: conditions,
        Resources: { Pool: { Type: 'AWS::Cognito::UserPool' } },
        Outputs: Object.fromEntries(outputs),
      }),
    );
  },
  ['Here', 'Ours', 'Aws'],
);

correction(
  emulators,
  'alarms_on_expressions',
  'creates an alarm on an expression',
  async (emulator) =>
    emulator.deploy('Expressions', {
      Resources: {
        Busy: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            AlarmName: 'Busy',
            ComparisonOperator: 'GreaterThanThreshold',
            EvaluationPeriods: 1,
            Threshold: 0,
            Metrics: [
              {
                Id: 'all',
                Expression: 'SELECT SUM(Errors) FROM "AWS/Lambda"',
                Period: 300,
                ReturnData: true,
              },
            ],
          },
        },
      },
      Outputs: { Name: { Value: { Ref: 'Busy' } } },
    }),
  { Name: 'Busy' },
);
