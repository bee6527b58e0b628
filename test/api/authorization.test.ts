import { Match, Template } from 'aws-cdk-lib/assertions';
import { type CfnUserPoolClient, UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { User } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { liveArn } from '../support/live.js';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps } from './desk/desk.js';

function desk(props: Partial<DeskProps> = {}) {
  const stack = newStack();
  return { stack, api: addDesk(stack, addUsers(stack), props) };
}

const templateOf = (props: Partial<DeskProps> = {}) => Template.fromStack(desk(props).stack);

function bodyOf(template: Template): any {
  return Object.values(template.findResources('AWS::ApiGateway::RestApi'))[0]!.Properties.Body;
}

const authorizers = (props: object) => ({
  authorizers: {
    partners: { handler: () => import('./desk/handlers/partners.js') },
    tenants: { handler: () => import('./desk/handlers/tenants.js'), type: 'request', ...props },
  },
});

describe('authorization in the body', () => {
  const body = bodyOf(templateOf());
  const security = (path: string, method = 'get') => body.paths[path][method].security;

  it('is one security requirement for each kind of `auth`', () => {
    expect(security('/user')).toEqual([{ users: ['aws.cognito.signin.user.admin'] }]);
    expect(security('/admin')).toEqual([{ users: ['aws.cognito.signin.user.admin'] }]);
    expect(security('/stock', 'put')).toEqual([{ users: ['stock/read', 'stock/write'] }]);
    expect(security('/account')).toEqual([{ iam: [] }]);
    expect(security('/partner')).toEqual([{ partners: [] }]);
    expect(security('/metered')).toEqual([{ apiKey: [] }]);
    expect(security('/slow/{id}')).toEqual([]);
  });

  it('defines exactly the schemes that operations use', () => {
    const named = Object.values<any>(body.paths)
      .flatMap((item) => Object.values<any>(item))
      .flatMap((operation) => operation.security.flatMap(Object.keys));
    expect([...new Set(named)].sort()).toEqual(Object.keys(body.components.securitySchemes).sort());
  });

  it('has schemes for AWS signatures and for API keys in their header', () => {
    expect(body.components.securitySchemes).toMatchObject({
      iam: {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      },
      apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' },
    });
  });

  it('accepts the tokens of all app clients of the directory, also of those added later', () => {
    const stack = newStack();
    const users = addUsers(stack);
    addDesk(stack, users);
    users.userPool.addClient('Mobile');
    new UserPoolClient(stack, 'Television', { userPool: users.userPool });
    const other = new UserPool(stack, 'Other').addClient('Unrelated');
    const ids = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
      .map(({ Properties }) => Properties.Environment?.Variables?.API_CLIENT_IDS)
      .filter(Boolean);
    for (const value of ids) {
      const text = JSON.stringify(value);
      expect(text).toMatch(/^{"Fn::Join":\["",\[{"Ref":"UsersPoolClient/);
      expect(text).toContain('Mobile');
      expect(text).toContain('Television');
      expect(text).not.toContain(stack.getLogicalId(other.node.defaultChild as CfnUserPoolClient));
    }
    expect(ids.length).toBeGreaterThan(0);
  });

  it('rejects a user pool, whose app clients are unknown', () => {
    const stack = newStack();
    const pool = UserPool.fromUserPoolId(stack, 'Pool', 'eu-west-1_AbC');
    expect(() => addDesk(stack, pool as never)).toThrow(
      /`users` must be a UserDirectory, or `{ userPoolArn, clientIds: \[...\] }` for another user pool, got \w+/,
    );
  });

  it('returns the challenge to unauthorized requests', () => {
    const responses = body['x-amazon-apigateway-gateway-responses'];
    const challenges = Object.entries<any>(responses)
      .filter(
        ([, { responseParameters }]) =>
          responseParameters['gatewayresponse.header.WWW-Authenticate'] === "'Bearer'",
      )
      .map(([type, { statusCode }]) => [type, statusCode]);
    expect(challenges).toEqual([
      ['EXPIRED_TOKEN', 401],
      ['UNAUTHORIZED', 401],
    ]);
    expect(responses.MISSING_AUTHENTICATION_TOKEN.responseTemplates['application/json']).toContain(
      'or requires a signed request',
    );
    expect(responses.THROTTLED.responseParameters['gatewayresponse.header.Retry-After']).toBe("'1'");
  });

  it('passes one header to a Lambda authorizer of type `token`, and caches its result for 5 minutes', () => {
    expect(body.components.securitySchemes.partners).toMatchObject({
      name: 'Authorization',
      'x-amazon-apigateway-authtype': 'custom',
      'x-amazon-apigateway-authorizer': {
        type: 'token',
        authorizerResultTtlInSeconds: 300,
        identitySource: 'method.request.header.Authorization',
      },
    });
  });

  it('calls a Lambda authorizer of type `request` for every request', () => {
    expect(body.components.securitySchemes.tenants['x-amazon-apigateway-authorizer']).toMatchObject({
      type: 'request',
      authorizerResultTtlInSeconds: 0,
      identitySource: 'method.request.header.x-tenant, method.request.querystring.room',
    });
  });
});

describe('a Lambda authorizer', () => {
  it('is a function with its needs, which only authorizers of this API may invoke', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: liveArn('^ApiAuthorizersPartners'),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Join': ['', Match.arrayWith(['/authorizers/*'])] },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Authorizes partners '),
      Environment: { Variables: Match.objectLike({ KEYS_PARAMETER: Match.anyValue() }) },
    });
  });

  it('has options of its function, its cache and its header', () => {
    const template = templateOf({
      authorizers: {
        ...authorizers({ cache: Duration.seconds(30), identitySources: ['stageVariables.tenant'] })
          .authorizers,
        partners: {
          handler: () => import('./desk/handlers/partners.js'),
          memorySize: 333,
          pattern: 'Bearer [a-z-]+',
          identitySources: ['headers.x-partner-key'],
          cache: Duration.seconds(0),
        },
      } as never,
    });
    const schemes = bodyOf(template).components.securitySchemes;
    expect(schemes.partners).toMatchObject({ name: 'x-partner-key' });
    expect(schemes.partners['x-amazon-apigateway-authorizer']).toMatchObject({
      authorizerResultTtlInSeconds: 0,
      identityValidationExpression: 'Bearer [a-z-]+',
    });
    expect(schemes.tenants['x-amazon-apigateway-authorizer']).toMatchObject({
      authorizerResultTtlInSeconds: 30,
      identitySource: 'stageVariables.tenant',
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Authorizes partners '),
      MemorySize: 333,
    });
  });

  it.each([
    [{ type: 'jwt' }, "`authorizers.tenants.type` must be 'token' or 'request', got \"jwt\""],
    [
      { identitySources: ['header.x'] },
      '`authorizers.tenants.identitySources` must be like headers.Authorization, query.tenant or stageVariables.tenant, got "header.x"',
    ],
    [
      { type: 'token', identitySources: ['query.key'] },
      "`authorizers.tenants.identitySources` must be one header with type 'token', got query.key",
    ],
    [
      { type: 'token', identitySources: [] },
      "`authorizers.tenants.identitySources` must be one header with type 'token', got none",
    ],
    [{ pattern: 'x' }, "`authorizers.tenants.pattern` requires type 'token'"],
    [{ cache: Duration.hours(2) }, '`authorizers.tenants.cache` must be at most an hour, got 2 hours'],
    [
      { cache: Duration.minutes(2), identitySources: [] },
      '`authorizers.tenants.identitySources` must have at least one source with `cache`, got none',
    ],
    [
      { handler: () => import('./desk/handlers/getSlow.js') },
      /`authorizers.tenants` must be a module that calls `authorizer\(...\)` directly in its source, got .*getSlow.ts/,
    ],
  ])('rejects %p', (props, message) => {
    expect(() => desk(authorizers(props) as never)).toThrow(message);
  });
});

describe('Api', () => {
  it('has no findings of cdk-nag with any kind of `auth`', () => {
    expect(nagFindings((stack) => addDesk(stack, addUsers(stack)))).toEqual([]);
  });

  it('grants calls of the named operations only', () => {
    const { stack, api } = desk();
    api.grantInvoke(new User(stack, 'Caller'), 'getAccount', 'getOtherAccount');
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: [
              { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/GET/account$')])] },
              { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/GET/account/other$')])] },
            ],
          },
        ],
      },
    });
  });

  it('rejects grants for operations without `auth: iam`', () => {
    const { stack, api } = desk();
    expect(() => api.grantInvoke(new User(stack, 'Caller'), 'getUser')).toThrow(
      '`grantInvoke` requires operations with `auth: \'iam\'`, got getUser, which has `auth: "user"` (at Stack/Api)',
    );
    expect(() => api.grantInvoke(new User(stack, 'Other'), 'nothing' as never)).toThrow(
      'got nothing, which is not in the contract',
    );
  });

  it('rejects a missing authorizer, and one that no operation uses', () => {
    const { tenants } = authorizers({}).authorizers;
    expect(() => desk({ authorizers: { tenants, clients: tenants } as never })).toThrow(
      /`authorizers` must have "partners", which operation getPartner uses\n`authorizers` must have only authorizers that operations use \(partners, tenants\), got "clients"/,
    );
  });
});
