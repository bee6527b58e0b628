import { Match, Template } from 'aws-cdk-lib/assertions';
import { ApiKey, Period } from 'aws-cdk-lib/aws-apigateway';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps } from './desk/desk.js';
import { ordersApi } from './fixtures/contract.js';

function templateOf(props: Partial<DeskProps> = {}): Template {
  const stack = newStack();
  addDesk(stack, addUsers(stack), props);
  return Template.fromStack(stack);
}

describe('a usage plan', () => {
  it('has limits for each of its keys, on the stage of this API', () => {
    templateOf().hasResourceProperties('AWS::ApiGateway::UsagePlan', {
      Throttle: { RateLimit: 50, BurstLimit: 50 },
      Quota: { Limit: 3, Period: 'DAY' },
      ApiStages: [{ ApiId: Match.anyValue(), Stage: { Ref: Match.stringLikeRegexp('Stage') } }],
    });
  });

  it('has keys whose values API Gateway generates: the template contains none', () => {
    const keys = Object.values(templateOf().findResources('AWS::ApiGateway::ApiKey'));
    expect(keys).toHaveLength(2);
    for (const { Properties } of keys) {
      expect(Properties).toMatchObject({ Enabled: true });
      expect(Properties).not.toHaveProperty('Value');
    }
  });

  it('accepts existing keys', () => {
    const stack = newStack();
    const key = ApiKey.fromApiKeyId(stack, 'Theirs', 'abc123');
    addDesk(stack, addUsers(stack), { usagePlans: { all: { requestsPerSecond: 1, burst: 1, keys: [key] } } });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGateway::ApiKey', 0);
    template.hasResourceProperties('AWS::ApiGateway::UsagePlanKey', { KeyId: 'abc123' });
  });

  const plan = { requestsPerSecond: 1, burst: 1, keys: ['a'] };
  it.each([
    [{ requestsPerSecond: 0 }, '`usagePlans.p.requestsPerSecond` must be more than 0, got 0'],
    [{ burst: 1.5 }, '`usagePlans.p.burst` must be a whole number of requests, got 1.5'],
    [
      { quota: { limit: 0, period: Period.DAY } },
      '`usagePlans.p.quota.limit` must be a whole number of requests, got 0',
    ],
    [{ keys: [] }, '`usagePlans.p.keys` must have at least one key, got none'],
    [
      { keys: ['a b'] },
      '`usagePlans.p.keys` must be names of letters, digits, hyphens and underscores, got "a b"',
    ],
    [{ keys: ['a', 'a'] }, '`usagePlans.p.keys` must be unique across plans, got "a", which the plan p has'],
  ])('rejects %p', (props, message) => {
    expect(() => templateOf({ usagePlans: { p: { ...plan, ...props } } })).toThrow(message);
  });

  it('requires an operation with an API key, which requires a plan', () => {
    expect(() => templateOf({ usagePlans: {} })).toThrow(
      '`usagePlans` must have a plan, because getMetered have `apiKey: true`, got none (at Stack/Api)',
    );
    expect(() => templateOf({ contract: ordersApi as never, routes: {} as never })).toThrow(
      '`usagePlans` requires an operation with `apiKey: true`, and the contract has none, got small, quick',
    );
  });
});

describe('a throttle', () => {
  it('of a route does not change the other settings of its method', () => {
    templateOf().hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        Match.objectLike({ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 100 }),
        ...['GET', 'HEAD'].map((HttpMethod) => ({
          ResourcePath: '/~1slow~1{id}',
          HttpMethod,
          ThrottlingRateLimit: 0.01,
          ThrottlingBurstLimit: 2,
          DataTraceEnabled: false,
          LoggingLevel: 'ERROR',
          MetricsEnabled: false,
        })),
      ],
    });
  });

  it('rejects limits that allow no request', () => {
    expect(() => templateOf({ throttle: { requestsPerSecond: -1, burst: 0 } })).toThrow(
      '`throttle.requestsPerSecond` must be more than 0, got -1\n`throttle.burst` must be a whole number of requests, got 0',
    );
    const routes = {
      getSlow: {
        handler: () => import('./desk/handlers/getSlow.js'),
        throttle: { requestsPerSecond: 1, burst: 0 },
      },
    };
    expect(() => templateOf({ routes: routes as never })).toThrow('`routes.getSlow.throttle.burst`');
  });
});
