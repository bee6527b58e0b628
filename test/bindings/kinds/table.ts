import * as dynamodb from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

const INDEX = 'byDay';

export const probes = ({ tableName: TableName, client }: TableClient): Probes => {
  const Key = { id: 'a' };
  const Item = { ...Key, day: 'x' };
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
    'dynamodb:Query index': () => client.send(query('day', 'x', INDEX)),
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
};

export const read = handle({ it: table.read }, probing(probes));
export const write = handle({ it: table.write }, probing(probes));
export const readWrite = handle({ it: table.readWrite }, probing(probes));
export const index = handle({ it: table.index('byDay').read }, probing(probes));

export const resource = ({ trellis, stack }: FixtureStack) =>
  new trellis.DataTable(stack, 'Things', {
    partitionKey: 'id',
    indexes: { [INDEX]: { partitionKey: 'day' } },
  });

export const imported = ({ cdk, stack }: FixtureStack) =>
  cdk.aws_dynamodb.Table.fromTableArn(
    stack,
    'Imported',
    'arn:aws:dynamodb:us-east-1:222222222222:table/things',
  );
