import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { GatewayLogging } from '../../../lib/api/private/gateway-logging.js';

/** The account as API Gateway and IAM have it. */
let account: { role?: string; roles: Map<string, Role>; attached: string[]; changes: number };
interface Role {
  readonly path: string;
  readonly trust: object;
}
const trusting = (Service: string | string[]) => ({
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
});
const GATEWAY = 'apigateway.amazonaws.com';
const addRole = (name: string, path = '/', trust: object = trusting(GATEWAY)) =>
  account.roles.set(name, { path, trust });
/** Errors of the next calls of a command, by its name. */
let failures: Record<string, string[]>;
let calls: string[];

const failure = (name: string) => Object.assign(new Error(`${name} of AWS`), { name });

const HANDLERS: Record<string, (input: any) => unknown> = {
  GetAccount: () => ({ cloudwatchRoleArn: account.role }),
  UpdateAccount: ({ patchOperations: [{ op, path, value }] }) => {
    if (op !== 'replace' || path !== '/cloudwatchRoleArn') throw failure('BadRequestException');
    account.role = value;
    account.changes++;
  },
  GetRole: ({ RoleName }) => {
    const role = account.roles.get(RoleName);
    if (!role) throw failure('NoSuchEntityException');
    const Arn = `arn:aws:iam::111111111111:role${role.path}${RoleName}`;
    return { Role: { Arn, AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.trust)) } };
  },
  CreateRole: ({ RoleName, AssumeRolePolicyDocument }) => {
    if (account.roles.has(RoleName)) throw failure('EntityAlreadyExistsException');
    const [{ Principal }] = JSON.parse(AssumeRolePolicyDocument).Statement;
    if (Principal.Service !== 'apigateway.amazonaws.com') throw failure('MalformedPolicyDocument');
    addRole(RoleName);
  },
  AttachRolePolicy: ({ RoleName, PolicyArn }) => account.attached.push(`${RoleName} ${PolicyArn}`),
};

// The clients are those of Lambda's runtime: the library does not install them.
const sdk = (client: string, commands: readonly string[]) => ({
  [client]: class {
    async send({ name, input }: { name: string; input: unknown }) {
      calls.push(name);
      const error = failures[name]?.shift();
      if (error) throw failure(error);
      return HANDLERS[name]!(input);
    }
  },
  ...Object.fromEntries(
    commands.map((name) => [
      `${name}Command`,
      class {
        readonly name = name;
        constructor(readonly input: unknown) {}
      },
    ]),
  ),
});
jest.mock('@aws-sdk/client-api-gateway', () => sdk('APIGatewayClient', ['GetAccount', 'UpdateAccount']), {
  virtual: true,
});
jest.mock('@aws-sdk/client-iam', () => sdk('IAMClient', ['GetRole', 'CreateRole', 'AttachRolePolicy']), {
  virtual: true,
});

const { handler } = require('../../../lib/api/private/gateway-logging-handler.cjs');

const ROLE = 'arn:aws:iam::111111111111:role/trellis-api-gateway-logs';
const POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';

/** Calls the handler as CloudFormation does and returns what it put to the URL of the response. */
async function respond(requestType: string, seconds = 180): Promise<{ Status: string; Reason?: string }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    if (!request.headers['content-type']) bodies.push(text);
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const end = Date.now() + seconds * 1000;
    await handler(
      {
        RequestType: requestType,
        ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        ResourceProperties: { roleName: 'trellis-api-gateway-logs', roleArn: ROLE, policyArn: POLICY },
      },
      { getRemainingTimeInMillis: () => end - Date.now() },
    );
    expect(bodies).toHaveLength(1);
    return JSON.parse(bodies[0]!);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

beforeEach(() => {
  account = { roles: new Map(), attached: [], changes: 0 };
  failures = {};
  calls = [];
  jest.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => jest.restoreAllMocks());

describe('the function that sets the role for the logs of API Gateway', () => {
  it('creates the role and sets it in an account without one', async () => {
    expect((await respond('Create')).Status).toBe('SUCCESS');
    expect(account).toMatchObject({
      role: ROLE,
      attached: [`trellis-api-gateway-logs ${POLICY}`],
      changes: 1,
    });
  });

  it('keeps an existing role, even if it may not read it', async () => {
    account.role = 'arn:aws:iam::111111111111:role/service-role/platform';
    addRole('platform', '/service-role/', trusting(['lambda.amazonaws.com', GATEWAY]));
    await respond('Create');
    failures = { GetRole: ['AccessDeniedException'] };
    expect((await respond('Update')).Status).toBe('SUCCESS');
    expect([account.changes, account.roles.size]).toEqual([0, 1]);
  });

  it('replaces a role that was deleted with its stack', async () => {
    account.role = 'arn:aws:iam::111111111111:role/Shop-ApiCloudWatchRole-1A2B';
    await respond('Create');
    expect(account.role).toBe(ROLE);
  });

  it('takes the role that another region has made', async () => {
    addRole('trellis-api-gateway-logs');
    await respond('Create');
    expect(account.role).toBe(ROLE);
  });

  it.each<[string, string, () => void, RegExp]>([
    [
      'of the account',
      'may not be assumed by API Gateway',
      () => {
        account.role = 'arn:aws:iam::111111111111:role/platform';
        addRole('platform', '/', trusting('lambda.amazonaws.com'));
      },
      /The role does not trust apigateway\.amazonaws\.com\. Set a usable one .*`cloudWatchRole: false`/,
    ],
    [
      'of its name',
      'may not be assumed by API Gateway',
      () => addRole('trellis-api-gateway-logs', '/', trusting('lambda.amazonaws.com')),
      /The role does not trust apigateway\.amazonaws\.com/,
    ],
    [
      'of its name',
      'has another path',
      () => addRole('trellis-api-gateway-logs', '/logs/'),
      /has the ARN arn:aws:iam::111111111111:role\/logs\/trellis-api-gateway-logs, expected arn:/,
    ],
  ])('fails at once when the role %s %s, with the remedy', async (_role, _problem, prepare, reason) => {
    prepare();
    expect(await respond('Create')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(reason),
    });
    expect([account.changes, calls.filter((name) => name === 'GetAccount').length]).toEqual([0, 1]);
  });

  it('is code when its comments are taken out', () => {
    const stack = new Stack(new App(), 'Shop');
    GatewayLogging.of(stack);
    const [{ Properties }] = Object.values<any>(
      Template.fromStack(stack).findResources('AWS::Lambda::Function'),
    ) as [any];
    const exported: Record<string, unknown> = {};
    new Function('require', 'exports', Properties.Code.ZipFile)(require, exported);
    expect(exported).toEqual({ handler: expect.any(Function) });
    expect(Properties.Code.ZipFile).not.toMatch(/\/\*\*|^ *\/\//m);
  });

  it('leaves setting and role when its stack is deleted', async () => {
    account.role = ROLE;
    expect((await respond('Delete')).Status).toBe('SUCCESS');
    expect(calls).toEqual([]);
  });

  it('tries again at the rate limit, and until IAM has distributed a new role', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(-0.98);
    failures = { UpdateAccount: ['BadRequestException', 'TooManyRequestsException', 'ConflictException'] };
    expect((await respond('Create')).Status).toBe('SUCCESS');
    expect(account.changes).toBe(1);
  });

  it('changes the setting once when five stacks are deployed at once', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(-0.9);
    let last = Number.NEGATIVE_INFINITY;
    const update = HANDLERS.UpdateAccount!;
    HANDLERS.UpdateAccount = (input) => {
      if (Date.now() - last < 20_000) throw failure('TooManyRequestsException');
      last = Date.now();
      return update(input);
    };
    const ends = await Promise.all(Array.from({ length: 5 }, () => respond('Create')));
    HANDLERS.UpdateAccount = update;
    expect(ends.map(({ Status }) => Status)).toEqual(Array(5).fill('SUCCESS'));
    expect([account.changes, account.role]).toEqual([1, ROLE]);
  });

  it('fails before its timeout, with the remedy', async () => {
    failures = { CreateRole: Array(9).fill('AccessDeniedException') };
    expect(await respond('Create', 15)).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/could not be set\. AccessDeniedException: .*`cloudWatchRole: false`/),
    });
  });
});
