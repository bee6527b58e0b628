import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { Api, DataTable, UserDirectory } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';
import { ordersApi } from './fixtures/contract.js';

type Props = ConstructorParameters<typeof Api<typeof ordersApi, any, any, any>>[2];

function addApi(stack: Stack, props: Partial<Props> = {}) {
  const orders = new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
  return new Api(stack, 'Api', {
    contract: ordersApi,
    users: UserDirectory.fromPublished(stack, 'Users', '/shop/users'),
    bind: { orders },
    routes: {
      listOrders: () => import('./fixtures/list.js'),
      placeOrder: () => import('./fixtures/place.js'),
      cancelOrder: () => import('./fixtures/cancel.js'),
    },
    ...props,
  } as Props);
}

function templateWith(props: Partial<Props> = {}) {
  const stack = newStack();
  addApi(stack, props);
  return Template.fromStack(stack);
}

function bodyOf(template: Template): any {
  return Object.values(template.findResources('AWS::ApiGateway::RestApi'))[0]!.Properties.Body;
}

describe('Api', () => {
  it('is validated, authorized, throttled, logged, traced and alarmed by default', () => {
    const stack = newStack();
    addApi(stack);
    expect(templateRecord(stack)).toMatchSnapshot();
  });

  it('has no findings of cdk-nag', () => {
    expect(nagFindings(addApi)).toEqual([]);
  });

  it('has five resources besides its functions, whatever the number of operations', () => {
    const resources = Object.values(templateWith().toJSON().Resources as Record<string, { Type: string }>)
      .map(({ Type }) => Type)
      .filter((type) => /^AWS::ApiGateway|Alarm/.test(type));
    expect(resources.sort()).toEqual([
      'AWS::ApiGateway::Deployment',
      'AWS::ApiGateway::RestApi',
      'AWS::ApiGateway::Stage',
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Alarm',
    ]);
  });

  it('grants each function only the access that its handler declares', () => {
    const template = templateWith();
    const actionsOf = (operation: string) =>
      Object.entries(template.findResources('AWS::IAM::Role'))
        .filter(([id]) => id.startsWith(`ApiOperations${operation}`))
        .flatMap(([, role]) => role.Properties.Policies[0].PolicyDocument.Statement)
        .flatMap(({ Action }) => Action)
        .filter((action: string) => action.startsWith('dynamodb:'));
    expect(actionsOf('ListOrders')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:Scan',
    ]);
    expect(actionsOf('PlaceOrder')).not.toContain('dynamodb:GetItem');
    expect(actionsOf('CancelOrder')).toContain('dynamodb:GetItem');
  });

  it('warns of a binding that no handler needs', () => {
    const warningsWith = (more: object) => {
      const stack = newStack();
      const orders = new DataTable(stack, 'Shared', { partitionKey: 'orderId' });
      addApi(stack, { bind: { orders, ...more } });
      return Annotations.fromStack(stack).findWarning('/Stack/Api', Match.anyValue());
    };
    expect(warningsWith({})).toEqual([]);
    expect(warningsWith({ order: 'o', stage: 'beta' }).map(({ entry }) => entry.data)).toEqual([
      expect.stringContaining(
        '`bind` has order, stage, which no handler needs (they need orders). It grants no permissions',
      ),
    ]);
  });

  it('allows the gateway to invoke each function for its method and path only', () => {
    const template = templateWith();
    template.resourceCountIs('AWS::Lambda::Permission', 3);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/DELETE/orders/\\*$')])] },
    });
  });

  it('has no metrics of methods, which AWS bills as custom metrics', () => {
    templateWith().hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ MetricsEnabled: false })],
    });
  });

  it('has its URL in the metadata of the template', () => {
    const template = templateWith().toJSON();
    const output = template.Metadata['cdk-trellis'].apis.orders;
    expect(Object.keys(template.Outputs)).toContain(output);
  });

  it('passes the accepted app clients to functions of operations that are not public', () => {
    const variables = Object.entries(templateWith().findResources('AWS::Lambda::Function'))
      .filter(([id]) => id.startsWith('ApiOperations'))
      .map(([id, { Properties }]) => [
        id.replace(/[0-9A-F]{8}$/, ''),
        'API_CLIENT_IDS' in Properties.Environment.Variables,
      ]);
    expect(Object.fromEntries(variables)).toEqual({
      ApiOperationsListOrders: false,
      ApiOperationsPlaceOrder: true,
      ApiOperationsCancelOrder: true,
    });
  });
});

describe("the API's body", () => {
  const body = () => bodyOf(templateWith());

  it('has a security scheme on every operation that is not public', () => {
    expect(body().paths['/orders'].get.security).toEqual([]);
    expect(body().paths['/orders'].post.security).toEqual([{ users: ['aws.cognito.signin.user.admin'] }]);
    expect(body().paths['/orders/{orderId}'].delete.security).toEqual([
      { users: ['aws.cognito.signin.user.admin'] },
    ]);
    expect(body().components.securitySchemes.users).toMatchObject({
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
    });
  });

  it('has the name of the API as its title, which API Gateway uses as the name', () => {
    const template = templateWith();
    const [api] = Object.values(template.findResources('AWS::ApiGateway::RestApi'));
    expect(bodyOf(template).info.title).toEqual(api!.Properties.Name);
    expect(bodyOf(templateWith({ restApi: { restApiName: 'mine' } })).info.title).toBe('mine');
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      Dimensions: Match.arrayWith([{ Name: 'ApiName', Value: api!.Properties.Name }]),
    });
  });

  it('has no integration timeout, because a cold start adds to the timeout of a function', () => {
    expect(body().paths['/orders'].get['x-amazon-apigateway-integration']).not.toHaveProperty(
      'timeoutInMillis',
    );
  });

  it('validates every operation', () => {
    const validators = Object.values(body().paths).flatMap((path: any) =>
      Object.values(path).map((operation: any) => operation['x-amazon-apigateway-request-validator']),
    );
    // A GET has a HEAD.
    expect(validators).toEqual(['parameters', 'parameters', 'parameters', 'parameters']);
    expect(body().components.schemas.PlaceOrderBody).toEqual({
      type: 'object',
      properties: { quantity: { type: 'number', minimum: 1 } },
      required: ['quantity'],
      additionalProperties: false,
    });
    expect(body().paths['/orders'].get.parameters).toEqual([
      { name: 'limit', in: 'query', required: false, schema: { type: 'string' } },
      { name: 'day', in: 'query', required: true, schema: { type: 'string' } },
    ]);
  });

  it('returns problems for requests that the gateway rejects, and 404 for an unknown path', () => {
    const responses = body()['x-amazon-apigateway-gateway-responses'];
    expect(responses.MISSING_AUTHENTICATION_TOKEN.statusCode).toBe(404);
    for (const response of Object.values<any>(responses)) {
      expect(response.responseParameters['gatewayresponse.header.Content-Type']).toBe(
        "'application/problem+json'",
      );
      const template = response.responseTemplates['application/json'];
      const sent = JSON.parse(
        template.replace('$context.error.messageString', '"Forbidden"').replace('$context.requestId', 'id'),
      );
      expect(sent).toMatchObject({
        type: 'about:blank',
        title: expect.any(String),
        detail: expect.any(String),
      });
    }
  });
});

describe('a property of Api', () => {
  it('`throttle` limits the requests', () => {
    templateWith({ throttle: { requestsPerSecond: 5, burst: 7 } }).hasResourceProperties(
      'AWS::ApiGateway::Stage',
      {
        MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 })],
      },
    );
  });

  it('`validateBodiesAtGateway` makes the gateway validate bodies', () => {
    const body = bodyOf(templateWith({ validateBodiesAtGateway: true }));
    expect(body.paths['/orders'].post['x-amazon-apigateway-request-validator']).toBe('all');
    expect(body['x-amazon-apigateway-request-validators'].all).toEqual({
      validateRequestBody: true,
      validateRequestParameters: true,
    });
  });

  it('`functions` applies to every function, and a route overrides it', () => {
    const template = templateWith({
      functions: { memorySize: 300, timeout: Duration.seconds(5) },
      routes: {
        listOrders: { handler: () => import('./fixtures/list.js'), memorySize: 1024 },
        placeOrder: () => import('./fixtures/place.js'),
        cancelOrder: () => import('./fixtures/cancel.js'),
      } as never,
    });
    template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 1024, Timeout: 5 });
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { MemorySize: 300, Timeout: 5 }, 2);
  });

  it('`alarms` sets thresholds and the topic', () => {
    const stack = newStack();
    addApi(stack, {
      alarms: { topic: new Topic(stack, 'Topic'), serverErrorPercent: 5, latencyP99: Duration.millis(500) },
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 0.05, AlarmActions: [{}] });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 500, AlarmActions: [{}] });
  });

  it('`alarms: false` creates none', () => {
    templateWith({ alarms: false }).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it('`logRetention` sets the retention of access logs', () => {
    templateWith({ logRetention: RetentionDays.ONE_WEEK }).hasResourceProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 7,
    });
  });

  it('`logRetention` sets the retention of execution logs, which API Gateway never expires by default', () => {
    const template = templateWith({ logRetention: RetentionDays.ONE_WEEK });
    const [group] = Object.entries(
      template.findResources('AWS::Logs::LogGroup', {
        Properties: {
          LogGroupName: {
            'Fn::Join': ['', ['API-Gateway-Execution-Logs_', { Ref: Match.anyValue() }, '/api']],
          },
          RetentionInDays: 7,
        },
      }),
    );
    template.hasResource('AWS::ApiGateway::Stage', { DependsOn: Match.arrayWith([group?.[0]]) });
  });

  it('sets the role for logs with a function that overwrites no setting and retains nothing', () => {
    const template = templateWith();
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
    const [id] = Object.keys(template.findResources('Custom::ApiGatewayLogging'));
    template.hasResource('AWS::ApiGateway::Stage', { DependsOn: Match.arrayWith([id]) });
    const logging = Object.entries(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>)
      .filter(([name]) => name.startsWith('ApiGatewayLogging'))
      .map(([, { DeletionPolicy }]) => DeletionPolicy);
    expect(logging).toEqual(['Delete', undefined, undefined, 'Delete']);
  });

  it.each([
    ['`cloudWatchRole: false`', {}, { cloudWatchRole: false }],
    ['an emulator, which writes logs without it,', { target: 'local' }, {}],
  ])('%s leaves the role for logs alone', (_, context, props) => {
    const stack = newStack(context);
    addApi(stack, props);
    const template = Template.fromStack(stack);
    template.resourceCountIs('Custom::ApiGatewayLogging', 0);
    template.hasResourceProperties('AWS::ApiGateway::Stage', { AccessLogSetting: Match.anyValue() });
  });

  it('`stage` and `restApi` override the defaults', () => {
    const template = templateWith({ stage: { tracingEnabled: false }, restApi: { restApiName: 'mine' } });
    template.hasResourceProperties('AWS::ApiGateway::Stage', { TracingEnabled: false });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { Name: 'mine' });
  });
});

describe('Api rejects', () => {
  it('an operation that is not public without users', () => {
    expect(() => templateWith({ users: undefined })).toThrow(
      /`users` must be a user directory, which operation placeOrder uses, got undefined[\s\S]*cancelOrder[\s\S]*\(at Stack\/Api\)/,
    );
  });

  it('a missing route and an unknown one', () => {
    const routes = {
      listOrders: () => import('./fixtures/list.js'),
      plaiceOrder: () => import('./fixtures/place.js'),
    };
    expect(() => templateWith({ routes: routes as never })).toThrow(
      /`routes` must have placeOrder, an operation of the contract[\s\S]*`routes` must have operations of the contract \(listOrders, placeOrder, cancelOrder\), got plaiceOrder/,
    );
  });

  it('a route that is undefined', () => {
    const routes = { listOrders: undefined, placeOrder: () => import('./fixtures/place.js') };
    expect(() => templateWith({ routes: routes as never })).toThrow(
      '`routes` must have listOrders, an operation of the contract',
    );
  });

  it('a route whose module implements another operation', () => {
    const routes = {
      listOrders: () => import('./fixtures/list.js'),
      placeOrder: () => import('./fixtures/cancel.js'),
      cancelOrder: () => import('./fixtures/place.js'),
    };
    expect(() => templateWith({ routes: routes as never })).toThrow(
      /`routes.placeOrder` must be a module that implements placeOrder, got .*cancel\.ts, which implements cancelOrder/,
    );
  });

  it('a route whose operation is not in its source, with the form to write', () => {
    const routes = {
      listOrders: () => import('./fixtures/unreadable.js'),
      placeOrder: () => import('./fixtures/place.js'),
      cancelOrder: () => import('./fixtures/cancel.js'),
    };
    expect(() => templateWith({ routes: routes as never })).toThrow(
      /`routes.listOrders` must be .*, got .*unreadable\.ts, whose source does not call `route\(api\.listOrders, \.\.\.\)` directly/,
    );
  });

  it('two APIs with the same name in a stack', () => {
    const stack = newStack();
    addApi(stack);
    expect(
      () =>
        new Api(stack, 'Again', {
          contract: ordersApi,
          users: UserDirectory.fromPublished(stack, 'Users2', '/shop/users'),
          bind: { orders: new DataTable(stack, 'Orders2', { partitionKey: 'orderId' }) },
          routes: {
            listOrders: () => import('./fixtures/list.js'),
            placeOrder: () => import('./fixtures/place.js'),
            cancelOrder: () => import('./fixtures/cancel.js'),
          },
        }),
    ).toThrow('`contract` must have a unique name in the stack, got "orders", which another Api has');
  });
});
