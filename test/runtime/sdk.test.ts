import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AdminCreateUserCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { App, Stack } from 'aws-cdk-lib/core';
import type { Context } from 'aws-lambda';
import { defineEvent } from 'cdk-trellis/contract';
import {
  bucket,
  bus,
  consume,
  handle,
  idempotency,
  invoke,
  parameter,
  queue,
  secret,
  table,
  topic,
  users,
  variableOf,
  workflow,
} from 'cdk-trellis/runtime';
import { lambdaContext, publishedEvent } from 'cdk-trellis/testing';
import * as z from 'zod';
import { asBindable } from '../../lib/bindings/binding.js';
import { type Access, accessesOf, fixtureOf, importedOf, KINDS } from '../bindings/fixtures.js';

const Placed = defineEvent('Placed', z.object({}), { version: 1 });

let behave: RequestListener = () => {};
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  request.resume();
  behave(request, response);
});

/** Accepts requests without a response, as after a lost packet. */
const silent: RequestListener = () => {};
/** Begins its responses and does not end them. */
const unending: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{');
};
/** Responds after a delay. */
const respondAfter =
  (milliseconds: number): RequestListener =>
  (_request, response) =>
    void setTimeout(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      milliseconds,
    );

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ORDERS_TABLE: 'orders',
    ONCE_IDEMPOTENCY: 'done',
    FILES_BUCKET: 'files',
    JOBS_QUEUE: `http://127.0.0.1:${port}/1/jobs`,
    NEWS_TOPIC: 'arn:aws:sns:eu-west-1:1:news',
    EVENTS_BUS: 'events',
    RATE_PARAMETER: 'rate',
    KEY_SECRET: 'key',
    PEOPLE_USERS: 'eu-west-1_1',
    FLOW_WORKFLOW: 'arn:aws:states:eu-west-1:1:stateMachine:flow',
    OTHER_INVOKE: 'other',
  });
});
beforeEach(() => {
  requests = 0;
  jest.spyOn(console, 'error').mockImplementation();
});
afterEach(() => {
  server.closeAllConnections();
  jest.restoreAllMocks();
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const short = (remainingMilliseconds = 1500) => lambdaContext({ remainingMilliseconds });

/** Calls each kind of client once, in a deployed handler. */
const CALLS: Readonly<Record<string, () => (context: Context) => Promise<unknown>>> = {
  'table.read': () => {
    const handler = handle({ orders: table.read }, async (_event: object, { orders }) =>
      orders.client.send(new GetCommand({ TableName: orders.tableName, Key: { id: '1' } })),
    );
    return (context) => handler({}, context);
  },
  idempotency: () => {
    const handler = consume(Placed, { once: idempotency() }, async () => {});
    return (context) => handler(publishedEvent(Placed, {}), context);
  },
  'bucket.read': () => {
    const handler = handle({ files: bucket.read }, async (_event: object, { files }) =>
      files.client.send(new GetObjectCommand({ Bucket: files.bucketName, Key: 'a' })),
    );
    return (context) => handler({}, context);
  },
  'queue.send': () => {
    const handler = handle({ jobs: queue(z.object({})).send }, async (_event: object, { jobs }) =>
      jobs.send({}),
    );
    return (context) => handler({}, context);
  },
  'topic.publish': () => {
    const handler = handle({ news: topic.publish }, async (_event: object, { news }) =>
      news.client.send(new PublishCommand({ TopicArn: news.topicArn, Message: 'a' })),
    );
    return (context) => handler({}, context);
  },
  'bus.publish': () => {
    const handler = handle({ events: bus(Placed).publish }, async (_event: object, { events }) =>
      events.publish({}),
    );
    return (context) => handler({}, context);
  },
  'parameter.read': () => {
    const handler = handle({ rate: parameter.read }, async (_event: object, { rate }) => rate.value());
    return (context) => handler({}, context);
  },
  'secret.read': () => {
    const handler = handle({ key: secret.read }, async (_event: object, { key }) => key.value());
    return (context) => handler({}, context);
  },
  'users.read': () => {
    const handler = handle({ people: users.read }, async (_event: object, { people }) =>
      people.client.send(new ListUsersCommand({ UserPoolId: people.userPoolId })),
    );
    return (context) => handler({}, context);
  },
  'workflow.start': () => {
    const handler = handle({ flow: workflow.start }, async (_event: object, { flow }) =>
      flow.client.send(new StartExecutionCommand({ stateMachineArn: flow.stateMachineArn })),
    );
    return (context) => handler({}, context);
  },
  'invoke().send': () => {
    const handler = handle({ other: invoke<never>().send }, async (_event: object, { other }) =>
      other.send({} as never),
    );
    return (context) => handler({}, context);
  },
};

/** Calls that may take as long as the invocation has. */
const LONG_CALLS: Readonly<Record<string, () => (context: Context) => Promise<unknown>>> = {
  'an upload': () => {
    const handler = handle({ files: bucket.write }, async (_event: object, { files }) =>
      files.client.send(new PutObjectCommand({ Bucket: files.bucketName, Key: 'a', Body: 'b' })),
    );
    return (context) => handler({}, context);
  },
  'a long poll': () => {
    const handler = handle({ jobs: queue.send }, async (_event: object, { jobs }) =>
      jobs.client.send(new ReceiveMessageCommand({ QueueUrl: jobs.queueUrl, WaitTimeSeconds: 20 })),
    );
    return (context) => handler({}, context);
  },
  'an express workflow': () => {
    const handler = handle({ flow: workflow.start }, async (_event: object, { flow }) => {
      // The host of these has a prefix, which this machine has no name for.
      flow.client.middlewareStack.add(
        (next) => (args) => {
          const { request } = args as { request: { hostname: string } };
          request.hostname = request.hostname.replace(/^sync-/, '');
          return next(args);
        },
        { step: 'finalizeRequest', name: 'withoutPrefix', override: true },
      );
      const { stateMachineArn } = flow;
      return flow.client.send(new StartSyncExecutionCommand({ stateMachineArn }));
    });
    return (context) => handler({}, context);
  },
  'another function': () => {
    const handler = handle({ other: invoke<never>().call }, async (_event: object, { other }) =>
      other.call({} as never),
    );
    return (context) => handler({}, context);
  },
  'a user pool with triggers': () => {
    const handler = handle({ people: users.manage }, async (_event: object, { people }) =>
      people.client.send(new AdminCreateUserCommand({ UserPoolId: people.userPoolId, Username: 'ann' })),
    );
    return (context) => handler({}, context);
  },
  'a call with a time of its own': () => {
    const handler = handle({ orders: table.read }, async (_event: object, { orders }) =>
      orders.client.send(new GetCommand({ TableName: orders.tableName, Key: { id: '1' } }), {
        requestTimeout: 20_000,
      }),
    );
    return (context) => handler({}, context);
  },
};

/** Kinds of needs that call a service. */
const CALLING = KINDS.filter(
  (kind) => Object.keys(fixtureOf(kind).probes(connected(kind) as never)).length > 0,
);

/** Returns the ARN of an imported resource, which some services check, or a name. */
function boundValue(kind: string, access: string): string {
  const imported = importedOf(kind, new Stack(new App(), 'Stack'));
  const value = imported === undefined ? '' : asBindable(imported)!.bindingFor(access).value;
  return value.startsWith('arn:') ? value : 'it';
}

function connected(kind: string): unknown {
  const [{ need }] = accessesOf(kind) as [Access];
  return need.connect('7');
}

describe('a call of a client of a need', () => {
  it.each([
    ['does not respond', silent],
    ['begins its response and does not end it', unending],
  ])('to a service that %s fails with all its attempts within the invocation', async (_, service) => {
    behave = service;
    const handler = consume(Placed, { orders: table.read }, async (_event, { orders }) => {
      await orders.client.send(new GetCommand({ TableName: orders.tableName, Key: { id: '1' } }));
    });
    // Not with a DeadlineError: the attempts have ended before.
    await expect(handler(publishedEvent(Placed, {}), short())).rejects.toMatchObject({
      name: 'TimeoutError',
      $metadata: { attempts: 4 },
    });
    expect(requests).toBe(4);
  });

  it.each(Object.keys(CALLS))('has a time limit: %s', async (need) => {
    behave = silent;
    await expect(CALLS[need]!()(short(700))).rejects.toThrow(
      /exceeded the configured|EventBridge rejected|before the function's timeout/,
    );
    expect(requests).toBeGreaterThan(1);
  });

  it.each(CALLING)('ends with the invocation if the service hangs: %s', async (kind) => {
    behave = silent;
    // That the name is not the URL of a queue.
    jest.spyOn(console, 'warn').mockImplementation();
    const [{ need, access }] = accessesOf(kind) as [Access];
    const { probes } = fixtureOf(kind);
    process.env[variableOf('it', kind)] = boundValue(kind, access);
    const handler = handle({ it: need }, async (_event: object, { it }) =>
      Object.values(probes(it as never))[0]!(),
    );
    await expect(handler({}, short(700))).rejects.toThrow('exceeded the configured');
  });

  it.each(Object.keys(LONG_CALLS))('has all the time that is left: %s', async (name) => {
    behave = respondAfter(700);
    await LONG_CALLS[name]!()(short(1400));
    expect(requests).toBe(1);
  });

  it('has no such time otherwise: the slow response is given up, and the call is tried again', async () => {
    behave = respondAfter(700);
    await expect(CALLS['queue.send']!()(short(1400))).rejects.toThrow('exceeded the configured');
    expect(requests).toBe(3);
  });

  it('has at most the remaining time when it hangs, so that the function can report it', async () => {
    behave = silent;
    await expect(LONG_CALLS['an upload']!()(short(700))).rejects.toThrow('exceeded the configured');
  });

  it('leaves the reader of an object its time', async () => {
    behave = (_request, response) => {
      response.writeHead(200, { 'content-length': '2' });
      response.write('a');
      setTimeout(() => response.end('b'), 1500);
    };
    const handler = handle({ files: bucket.read }, async (_event: object, { files }) => {
      const { Body } = await files.client.send(new GetObjectCommand({ Bucket: files.bucketName, Key: 'a' }));
      return Body?.transformToString();
    });
    expect(await handler({}, short(2500))).toBe('ab');
  });

  it('has a time limit of its own outside of an invocation', async () => {
    behave = (request, response) => (requests === 1 ? silent : respondAfter(0))(request, response);
    await CALLS['workflow.start']!()({} as Context);
    expect(requests).toBe(2);
  });
});
