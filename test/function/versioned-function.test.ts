import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type CfnRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Code,
  EventInvokeConfig,
  FunctionUrl,
  FunctionUrlAuthType,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnParameter, CustomResource, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AssetFunction, type AssetFunctionProps, DataTable } from 'cdk-trellis';
import { liveArn } from '../support/live.js';
import { newStack } from '../support/template.js';

const PROPS = {
  code: Code.fromInline('exports.handler = async () => {}'),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
} as const;

const create = (stack: Stack, props: Partial<AssetFunctionProps> = {}, id = 'Fn') =>
  new AssetFunction(stack, id, { ...PROPS, ...props } as AssetFunctionProps);

/** Returns the template of a stack with one function and the constructs that `add` creates. */
function templateOf(
  props: (stack: Stack) => Partial<AssetFunctionProps>,
  add: (fn: AssetFunction) => void = () => {},
) {
  const stack = newStack();
  add(create(stack, props(stack)));
  return Template.fromStack(stack);
}

function only(template: Template, type: string, id = ''): [string, any] {
  const found = Object.entries(template.findResources(`AWS::${type}`)).filter(([one]) => one.includes(id));
  expect(found).toHaveLength(1);
  return found[0] as [string, any];
}

const versionOf = (template: Template): string => {
  const { Description } = only(template, 'Lambda::Version')[1].Properties;
  return JSON.stringify(Description);
};

describe('a function', () => {
  it('is invoked through an alias of a version', () => {
    const template = templateOf(() => ({}));
    const [id] = only(template, 'Lambda::Function');
    const [versionId, version] = only(template, 'Lambda::Version');
    expect(version.Properties).toEqual({
      FunctionName: { Ref: id },
      Description: expect.stringMatching(/^live [0-9a-f]{12}$/),
    });
    expect(only(template, 'Lambda::Alias')[1].Properties).toEqual({
      FunctionName: { Ref: id },
      FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
      Name: 'live',
    });
  });

  it('is invoked through its alias by every trigger', () => {
    const template = templateOf(
      () => ({}),
      (fn) => {
        const stack = Stack.of(fn);
        new Rule(stack, 'Rule', {
          schedule: Schedule.rate(Duration.hours(1)),
          targets: [new LambdaFunction(fn)],
        });
        new Topic(stack, 'Topic').addSubscription(new LambdaSubscription(fn));
        fn.addEventSource(new SqsEventSource(new Queue(stack, 'Queue')));
        fn.grantInvoke(new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ecs.amazonaws.com') }));
      },
    );
    const arn = liveArn('^Fn');
    const [alias] = only(template, 'Lambda::Alias');
    const DependsOn = Match.arrayWith([alias]);
    template.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ Arn: arn })] });
    template.hasResource('AWS::Events::Rule', { DependsOn });
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: arn });
    template.allResourcesProperties('AWS::Lambda::Permission', { FunctionName: arn });
    template.allResources('AWS::Lambda::Permission', { DependsOn });
    template.hasResource('AWS::Lambda::EventSourceMapping', {
      Properties: { FunctionName: { 'Fn::Join': ['', [{ Ref: Match.stringLikeRegexp('^Fn') }, ':live']] } },
      DependsOn,
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'lambda:InvokeFunction', Resource: arn })] },
    });
  });

  it('has its configuration of asynchronous invocations and its URL on the alias, also when they are created separately', () => {
    const byMethod = templateOf(
      () => ({ retryAttempts: 1 }),
      (fn) => fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }),
    );
    const byHand = templateOf(
      () => ({}),
      (fn) => {
        new EventInvokeConfig(Stack.of(fn), 'Config', { function: fn, retryAttempts: 1 });
        new FunctionUrl(Stack.of(fn), 'Url', { function: fn });
      },
    );
    for (const template of [byMethod, byHand]) {
      const [id] = only(template, 'Lambda::Function');
      const DependsOn = [`${id}Live`];
      template.hasResource('AWS::Lambda::EventInvokeConfig', {
        Properties: { FunctionName: { Ref: id }, Qualifier: 'live', MaximumRetryAttempts: 1 },
        DependsOn,
      });
      template.hasResource('AWS::Lambda::Url', {
        Properties: { TargetFunctionArn: { 'Fn::GetAtt': [id, 'Arn'] }, Qualifier: 'live' },
        DependsOn,
      });
    }
  });

  it('keeps its own ARN for custom resources, and its name in metrics', () => {
    const template = templateOf(
      () => ({}),
      (fn) => {
        new CustomResource(Stack.of(fn), 'Custom', { serviceToken: fn.unqualified.functionArn });
        fn.metricErrors().createAlarm(Stack.of(fn), 'Alarm', { threshold: 1, evaluationPeriods: 1 });
        fn.grantInvokeLatestVersion(new ServicePrincipal('iot.amazonaws.com'));
      },
    );
    const [id] = only(template, 'Lambda::Function');
    const own = { 'Fn::GetAtt': [id, 'Arn'] };
    template.hasResourceProperties('AWS::CloudFormation::CustomResource', { ServiceToken: own });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
    });
    template.hasResourceProperties('AWS::Lambda::Permission', { FunctionName: own });
  });

  it('returns its version and its alias as constructs with the same ids', () => {
    const plain = templateOf(() => ({}));
    const template = templateOf(
      () => ({
        live: { provisionedConcurrentExecutions: 2 },
        currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      }),
      (fn) => {
        expect(fn.live).toBeInstanceOf(Alias);
        fn.addAlias('beta');
      },
    );
    expect(only(template, 'Lambda::Version')[0]).toBe(only(plain, 'Lambda::Version')[0]);
    const [version] = only(template, 'Lambda::Version');
    template.hasResource('AWS::Lambda::Version', { UpdateReplacePolicy: 'Retain' });
    const [id] = only(template, 'Lambda::Function');
    const alias = { FunctionName: { Ref: id }, FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] } };
    template.templateMatches({
      Resources: {
        [only(plain, 'Lambda::Alias')[0]]: {
          Properties: {
            ...alias,
            Name: 'live',
            ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
          },
        },
      },
    });
    template.hasResourceProperties('AWS::Lambda::Alias', { ...alias, Name: 'beta' });
  });

  it('has one alias `live`, also when an alias of that name is added', () => {
    const template = templateOf(
      () => ({}),
      (fn) => expect(fn.addAlias('live', { description: 'mine' })).toBe(fn.live),
    );
    const [id, { Properties }] = only(template, 'Lambda::Alias');
    expect(id).toMatch(/^FnAliaslive/);
    expect(Properties).toMatchObject({ Name: 'live', Description: 'mine' });
  });

  it("has the hash of its version in its description, after the user's text", () => {
    const long = 'x'.repeat(256);
    for (const [description, expected] of [
      ['Says hello', /^Says hello \(live [0-9a-f]{12}\)$/],
      [long, /^x{236} \(live [0-9a-f]{12}\)$/],
    ] as const) {
      const [, fn] = only(
        templateOf(() => ({ description })),
        'Lambda::Function',
      );
      expect(fn.Properties.Description).toMatch(expected);
    }
  });
});

describe('a version is published', () => {
  const table = (name: string) => (stack: Stack) => ({
    bind: { orders: { to: new DataTable(stack, 'Orders', { partitionKey: name }), access: 'read' as const } },
  });

  it.each<[string, (stack: Stack) => Partial<AssetFunctionProps>]>([
    ['code', () => ({ code: Code.fromInline('exports.handler = async () => 1') })],
    ['memory', () => ({ memorySize: 512 })],
    ['a variable', () => ({ environment: { NAME: 'b' } })],
    ['a table that is bound', table('orderId')],
  ])('when the function has another %s', (_, changed) => {
    const before = templateOf(() => ({}));
    const after = templateOf(changed);
    expect(versionOf(after)).not.toBe(versionOf(before));
    // Lambda does not publish a version of an unchanged function.
    const [, { Properties: now }] = only(after, 'Lambda::Function');
    expect(now.Description).not.toBe(only(before, 'Lambda::Function')[1].Properties.Description);
  });

  it('when a table that it uses is replaced, although its own properties are the same', () => {
    const [before, after] = [templateOf(table('orderId')), templateOf(table('id'))];
    const environment = (template: Template) => only(template, 'Lambda::Function')[1].Properties.Environment;
    expect(environment(after)).toEqual(environment(before));
    expect(versionOf(after)).not.toBe(versionOf(before));
  });

  it('not when an unrelated resource changes', () => {
    const before = templateOf(table('orderId'));
    const after = templateOf(
      (stack) => ({ ...table('orderId')(stack), reservedConcurrentExecutions: 3 }),
      (fn) => {
        create(Stack.of(fn), {}, 'Another');
        fn.metricErrors().createAlarm(fn, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
      },
    );
    const [id] = only(before, 'Lambda::Version');
    expect(after.findResources('AWS::Lambda::Version')[id]).toEqual(
      before.findResources('AWS::Lambda::Version')[id],
    );
  });

  it('when the value of a parameter changes, which is in the description, also for a list', () => {
    const template = templateOf((stack) => {
      const stage = new CfnParameter(stack, 'StageName');
      const zones = new CfnParameter(stack, 'Zones', { type: 'AWS::SSM::Parameter::Value<List<String>>' });
      return { environment: { STAGE: stage.valueAsString, ZONES: Fn.join(',', zones.valueAsList) } };
    });
    expect(only(template, 'Lambda::Version')[1].Properties.Description).toEqual({
      'Fn::Join': [
        ' ',
        [expect.stringMatching(/^live /), { Ref: 'StageName' }, { 'Fn::Join': [',', { Ref: 'Zones' }] }],
      ],
    });
  });

  it('and a warning lists the parameters whose values do not publish one', () => {
    const stack = newStack();
    const parameter = (name: string, props: object) => new CfnParameter(stack, name, props).valueAsString;
    create(stack, {
      environment: {
        AA: parameter('Secret', { noEcho: true }),
        BB: parameter('Long', { maxLength: 1000 }),
        CC: parameter('Short', { maxLength: 20 }),
        DD: parameter('Chosen', { allowedValues: ['one', 'two'] }),
      },
    });
    const template = Template.fromStack(stack);
    expect(versionOf(template)).toMatch(/\{"Ref":"Chosen"\},\{"Ref":"Short"\}/);
    Annotations.fromStack(stack).hasWarning(
      '/Stack',
      Match.stringLikeRegexp('Stack/Fn depends on values .*: Long, Secret'),
    );
  });
});

describe('the role of a function', () => {
  const allowing = (...actions: string[]) =>
    templateOf(
      () => ({}),
      (fn) => {
        for (const action of actions)
          fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources: ['*'] }));
      },
    );
  const roleOf = (template: Template) => only(template, 'IAM::Role')[0];
  const policyOf = (template: Template) => only(template, 'IAM::Policy')[0];

  it('is replaced when its permissions change, so that the version that still serves keeps its role', () => {
    const [both, one] = [allowing('s3:GetObject', 's3:PutObject'), allowing('s3:GetObject')];
    expect(roleOf(one)).not.toBe(roleOf(both));
    expect(policyOf(one)).not.toBe(policyOf(both));
    one.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: roleOf(one) }] });
    one.hasResource('AWS::Lambda::Function', {
      Properties: { Role: { 'Fn::GetAtt': [roleOf(one), 'Arn'] } },
      DependsOn: Match.arrayWith([policyOf(one), roleOf(one)]),
    });
    expect(roleOf(allowing('s3:GetObject'))).toBe(roleOf(one));
  });

  it('is replaced when a binding is added or removed', () => {
    const bound = templateOf((stack) => ({
      bind: { orders: { to: new DataTable(stack, 'Orders', { partitionKey: 'id' }), access: 'read' } },
    }));
    expect(roleOf(bound)).not.toBe(roleOf(templateOf(() => ({}))));
  });

  it('is replaced together with its managed policy when the permissions of the policy change', () => {
    const many = (access: 'read' | 'write') =>
      templateOf((stack) => ({
        bind: Object.fromEntries(
          Array.from({ length: 40 }, (_, at) => [
            `table${at}`,
            {
              to: new DataTable(stack, `Table${at}`, { partitionKey: 'id' }),
              access: at === 39 ? access : 'read',
            },
          ]),
        ),
      }));
    const [before, after] = [many('read'), many('write')];
    const policies = (template: Template) => Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
    expect(policies(before).length).toBeGreaterThan(0);
    expect(policies(after).filter((id) => policies(before).includes(id))).toEqual([]);
    expect(roleOf(after)).not.toBe(roleOf(before));
    expect(JSON.stringify(only(after, 'IAM::Role')[1].Properties.ManagedPolicyArns)).toContain(
      policies(after)[0],
    );
  });

  it("is not replaced if it has a fixed name, has other referrers, is the user's, or an invocation may outlast the switch", () => {
    const grow = (fn: AssetFunction, actions: readonly string[]) => {
      for (const action of actions)
        fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources: ['*'] }));
    };
    const named = (...actions: string[]) =>
      templateOf(
        () => ({}),
        (fn) => {
          grow(fn, actions);
          new Role(Stack.of(fn), 'Other', { assumedBy: fn.role!.grantPrincipal as never });
        },
      );
    const ids = (template: Template) => Object.keys(template.findResources('AWS::IAM::Role')).sort();
    expect(ids(named('s3:GetObject'))).toEqual(ids(named('s3:PutObject')));
    const fixed = (action: string) =>
      templateOf(
        () => ({}),
        (fn) => {
          grow(fn, [action]);
          (fn.role!.node.defaultChild as CfnRole).roleName = 'my-role';
        },
      );
    expect(roleOf(fixed('s3:GetObject'))).toBe(roleOf(fixed('s3:PutObject')));
    const long = (action: string) =>
      templateOf(
        () => ({ timeout: Duration.seconds(31) }),
        (fn) => grow(fn, [action]),
      );
    expect(roleOf(long('s3:GetObject'))).toBe(roleOf(long('s3:PutObject')));
    const given = (...actions: string[]) =>
      templateOf(
        (stack) => ({
          role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
        }),
        (fn) => grow(fn, actions),
      );
    expect(roleOf(given('s3:GetObject'))).toBe(roleOf(given('s3:PutObject')));
  });
});

describe('the policy of a function whose invocations may outlast the switch', () => {
  const bound = (access: 'read' | 'write', timeout = Duration.minutes(5)) =>
    templateOf((stack) => ({
      timeout,
      bind: { orders: { to: new DataTable(stack, 'Orders', { partitionKey: 'id' }), access } },
    }));
  const policyOf = (template: Template) => only(template, 'IAM::Policy');

  it('is replaced when a binding changes, while the role stays, so that neither the next nor the former version lacks a permission', () => {
    const [before, after] = [bound('read'), bound('write')];
    const [roleId, role] = only(before, 'IAM::Role');
    expect(only(after, 'IAM::Role')).toEqual([roleId, role]);
    expect(role.Properties.Policies).toBeUndefined();
    const [[formerId, former], [nextId, policy]] = [policyOf(before), policyOf(after)];
    expect(nextId).not.toBe(formerId);
    expect(policyOf(bound('write'))[0]).toBe(nextId);
    // With the same name, the clean-up of the former one would delete the next one.
    expect(policy.Properties.PolicyName).not.toBe(former.Properties.PolicyName);
    expect(policy.Properties.Roles).toEqual([{ Ref: roleId }]);
    expect(JSON.stringify(policy.Properties.PolicyDocument)).toContain('dynamodb:PutItem');
    expect(only(after, 'Lambda::Function')[1].DependsOn).toContain(nextId);
  });

  it('is in the role if the timeout is short, because the role is replaced', () => {
    const template = bound('read', Duration.seconds(30));
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(only(template, 'IAM::Role')[1].Properties.Policies).toHaveLength(1);
  });

  it('stays in the role if it is too large to exist twice', () => {
    const template = templateOf((stack) => ({
      timeout: Duration.minutes(5),
      bind: Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [
          `table${at}`,
          { to: new DataTable(stack, `Table${at}`, { partitionKey: 'id' }), access: 'readWrite' },
        ]),
      ),
    }));
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(only(template, 'IAM::Role')[1].Properties.Policies).toHaveLength(1);
  });

  it("of the user's role stays as it is", () => {
    const template = templateOf((stack) => ({
      timeout: Duration.minutes(5),
      role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    }));
    expect(policyOf(template)[0]).toMatch(/^RoleDefaultPolicy[0-9A-F]{8}$/);
  });
});
