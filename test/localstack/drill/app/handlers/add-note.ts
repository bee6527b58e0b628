import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { route, table } from 'cdk-trellis/runtime';
import { notesApi } from '../contract.js';

export const handler = route(notesApi.addNote, { notes: table.write }, async ({ body }, { notes }) => {
  const noteId = randomUUID();
  await notes.client.send(new PutCommand({ TableName: notes.tableName, Item: { noteId, ...body } }));
  return { status: 201, body: { noteId } };
});
