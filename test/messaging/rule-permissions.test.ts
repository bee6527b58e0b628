import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Stack } from 'aws-cdk-lib/core';
import { EventHub } from 'cdk-trellis';
import { defineEvent } from 'cdk-trellis/contract';
import * as z from 'zod';

const events = [...'ABCDEFGHIJKLMNOPQRST'].map((letter) =>
  defineEvent(`Thing${letter}Happened`, z.object({ a: z.string() }), { version: 1, source: 'lab', key: 'a' }),
);

function policiesOf(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('AWS::SQS::QueuePolicy')).map(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
}

it('twenty events for one queue take one statement of its policy, and one of the dead-letter queue', () => {
  const stack = new Stack(new App(), 'Shop');
  const hub = new EventHub(stack, 'Hub');
  const queue = new Queue(stack, 'Queue', { enforceSSL: true });
  for (const [at, event] of events.entries()) hub.on(event, queue, { id: `On${at}` });
  const statements = policiesOf(stack);
  // Of the queue: TLS, and all rules. Each subscription of a queue without one has a dead-letter queue of its own.
  expect(Math.max(...statements.map(({ length }) => length))).toBe(2);
});

it('a queue with a key of its own lets rules use the key', () => {
  const stack = new Stack(new App(), 'Shop');
  const hub = new EventHub(stack, 'Hub');
  const queue = new Queue(stack, 'Queue', { encryptionMasterKey: new Key(stack, 'Key') });
  hub.on(events[0]!, queue, { id: 'On' });
  const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
  expect(JSON.stringify(key!.Properties.KeyPolicy)).toContain('events.amazonaws.com');
});
