import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem as Efs } from 'aws-cdk-lib/aws-efs';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  FileSystem,
  type FunctionOptions,
  Function as LambdaFunction,
  LambdaInsightsVersion,
  LayerVersion,
  LogFormat,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  RuntimeManagementMode,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SnsDestination, SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SnsEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { ScheduleExpression, Schedule as SchedulerSchedule } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, PropertyInjectors, RemovalPolicy, Size, type Stack } from 'aws-cdk-lib/core';
import { AssetFunction, NodeFunction } from 'cdk-trellis';
import { traces } from '../../lib/bindings/function-policy.js';
import type { BaseFunction } from '../../lib/function/base-function.js';
import type { BaseFunctionOptions } from '../../lib/function/base-function-options.js';
import { nagFindings } from '../support/nag.js';
import { newStack as stackWith } from '../support/template.js';

const NOT_BUNDLED = { 'aws:cdk:bundling-stacks': [] };
const newStack = () => stackWith(NOT_BUNDLED);

type Options = BaseFunctionOptions & { readonly runtime?: Runtime; readonly layers?: LayerVersion[] };
type Making = (stack: Stack, options?: Options) => BaseFunction;

const python: Making = (stack, options) =>
  new AssetFunction(stack, 'Fn', {
    code: Code.fromInline('def handler(event, context): pass'),
    handler: 'index.handler',
    runtime: Runtime.PYTHON_3_14,
    ...options,
  });

const node: Making = (stack, options) =>
  new NodeFunction(stack, 'Fn', { handler: () => import('./fixtures/handlers/plain.js'), ...options });

const vpcIn = (stack: Stack) => new Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2 });

const withFiles = (stack: Stack): Options => {
  const vpc = vpcIn(stack);
  const files = new Efs(stack, 'Files', { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } });
  const filesystem = FileSystem.fromEfsAccessPoint(files.addAccessPoint('Access'), '/mnt/files');
  return { vpc, filesystem };
};

const invokedByAll = (stack: Stack, fn: BaseFunction) => {
  new Rule(stack, 'Nightly', {
    schedule: Schedule.rate(Duration.days(1)),
    targets: [new LambdaTarget(fn)],
  });
  new Bucket(stack, 'Uploads').addEventNotification(EventType.OBJECT_CREATED, new LambdaDestination(fn));
};

/** Options with the resulting property of the function (or of the resource of another type). */
const OPTIONS: readonly [
  name: string,
  options: (stack: Stack) => Options,
  expected: Record<string, unknown>,
  type?: string,
][] = [
  ['memorySize', () => ({ memorySize: 1024 }), { MemorySize: 1024 }],
  ['timeout', () => ({ timeout: Duration.minutes(1) }), { Timeout: 60 }],
  ['architecture', () => ({ architecture: Architecture.X86_64 }), { Architectures: ['x86_64'] }],
  ['tracing', () => ({ tracing: Tracing.PASS_THROUGH }), { TracingConfig: { Mode: 'PassThrough' } }],
  [
    'description',
    () => ({ description: 'Says hello' }),
    { Description: Match.stringLikeRegexp('^Says hello \\(live [0-9a-f]{12}\\)$') },
  ],
  ['functionName', () => ({ functionName: 'hello' }), { FunctionName: 'hello' }],
  [
    'environment',
    () => ({ environment: { STAGE: 'beta' } }),
    { Environment: { Variables: Match.objectLike({ STAGE: 'beta' }) } },
  ],
  [
    'environmentEncryption',
    (stack) => ({ environment: { STAGE: '1' }, environmentEncryption: new Key(stack, 'Key') }),
    { KmsKeyArn: Match.anyValue() },
  ],
  [
    'reservedConcurrentExecutions',
    () => ({ reservedConcurrentExecutions: 3 }),
    { ReservedConcurrentExecutions: 3 },
  ],
  [
    'ephemeralStorageSize',
    () => ({ ephemeralStorageSize: Size.gibibytes(2) }),
    { EphemeralStorage: { Size: 2048 } },
  ],
  [
    'layers',
    (stack) => ({
      layers: [
        LayerVersion.fromLayerVersionArn(
          stack,
          'Layer',
          'arn:aws:lambda:eu-west-1:111122223333:layer:own:1',
        ) as LayerVersion,
      ],
    }),
    { Layers: Match.arrayWith(['arn:aws:lambda:eu-west-1:111122223333:layer:own:1']) },
  ],
  [
    'insightsVersion',
    () => ({ insightsVersion: LambdaInsightsVersion.VERSION_1_0_404_0 }),
    { Layers: Match.arrayWith([Match.objectLike({ 'Fn::FindInMap': Match.anyValue() })]) },
  ],
  [
    'vpc, vpcSubnets and securityGroups',
    (stack) => {
      const vpc = vpcIn(stack);
      const securityGroups = [new SecurityGroup(stack, 'Group', { vpc })];
      return { vpc, securityGroups, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } };
    },
    {
      VpcConfig: {
        SubnetIds: Array(2).fill(Match.anyValue()),
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Group'), 'GroupId'] }],
      },
    },
  ],
  [
    'filesystem',
    (stack) => {
      const vpc = vpcIn(stack);
      const point = new Efs(stack, 'Efs', { vpc }).addAccessPoint('Point');
      return { vpc, filesystem: FileSystem.fromEfsAccessPoint(point, '/mnt/files') };
    },
    { FileSystemConfigs: [{ LocalMountPath: '/mnt/files', Arn: Match.anyValue() }] },
  ],
  [
    'deadLetterQueue',
    (stack) => ({ deadLetterQueue: new Queue(stack, 'Dead') }),
    { DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Dead'), 'Arn'] } } },
  ],
  [
    'deadLetterTopic',
    (stack) => ({ deadLetterTopic: new Topic(stack, 'Dead') }),
    { DeadLetterConfig: { TargetArn: Match.anyValue() } },
  ],
  [
    'loggingFormat',
    () => ({ loggingFormat: LoggingFormat.TEXT }),
    { LoggingConfig: Match.objectLike({ LogFormat: 'Text' }) },
  ],
  [
    'logFormat',
    () => ({ logFormat: LogFormat.TEXT }),
    { LoggingConfig: Match.objectLike({ LogFormat: 'Text' }) },
  ],
  [
    'the levels of logs',
    () => ({
      applicationLogLevelV2: ApplicationLogLevel.WARN,
      systemLogLevelV2: SystemLogLevel.WARN,
    }),
    { LoggingConfig: Match.objectLike({ ApplicationLogLevel: 'WARN', SystemLogLevel: 'WARN' }) },
  ],
  ['recursiveLoop', () => ({ recursiveLoop: RecursiveLoop.ALLOW }), { RecursiveLoop: 'Allow' }],
  [
    'runtimeManagementMode',
    () => ({ runtimeManagementMode: RuntimeManagementMode.FUNCTION_UPDATE }),
    { RuntimeManagementConfig: { UpdateRuntimeOn: 'FunctionUpdate' } },
  ],
  [
    'logRetention',
    () => ({ logRetention: RetentionDays.ONE_YEAR }),
    { RetentionInDays: 365 },
    'Logs::LogGroup',
  ],
  [
    'initialPolicy',
    () => ({ initialPolicy: [new PolicyStatement({ actions: ['ssm:GetParameter'], resources: ['arn:x'] })] }),
    { PolicyDocument: { Statement: [Match.objectLike({ Action: 'ssm:GetParameter' })] } },
    'IAM::Policy',
  ],
  [
    'events',
    (stack) => ({ events: [new SqsEventSource(new Queue(stack, 'Work'))] }),
    { EventSourceArn: Match.anyValue() },
    'Lambda::EventSourceMapping',
  ],
  [
    'onFailure and onSuccess',
    (stack) => ({
      onFailure: new SqsDestination(new Queue(stack, 'Failed')),
      onSuccess: new SqsDestination(new Queue(stack, 'Done')),
    }),
    { DestinationConfig: { OnFailure: Match.anyValue(), OnSuccess: Match.anyValue() } },
    'Lambda::EventInvokeConfig',
  ],
  [
    'maxEventAge and retryAttempts',
    () => ({ maxEventAge: Duration.minutes(5), retryAttempts: 0 }),
    { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 0 },
    'Lambda::EventInvokeConfig',
  ],
];

describe.each([
  ['NodeFunction', node, Runtime.NODEJS_22_X],
  ['AssetFunction', python, Runtime.PYTHON_3_13],
])('%s', (_, make, otherRuntime) => {
  it.each(OPTIONS)('accepts %s', (_, options, expected, type = 'Lambda::Function') => {
    const stack = newStack();
    make(stack, options(stack));
    Template.fromStack(stack).hasResourceProperties(`AWS::${type}`, expected);
  });

  it('accepts a runtime', () => {
    const stack = newStack();
    make(stack, { runtime: otherRuntime });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Runtime: otherRuntime.name });
  });

  it("adds its permissions to a user's role", () => {
    const stack = newStack();
    make(stack, {
      role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
        ]),
      },
    });
  });

  it("writes to a user's log group", () => {
    const stack = newStack();
    const logGroup = new LogGroup(stack, 'Logs');
    expect(make(stack, { logGroup }).logGroup).toBe(logGroup);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
  });

  it("retains its log group with the user's removal policy", () => {
    const stack = newStack();
    make(stack, { logRemovalPolicy: RemovalPolicy.RETAIN });
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  });

  describe('with properties that the app injects', () => {
    const injected = (stack: Stack, properties: FunctionOptions) => {
      PropertyInjectors.of(stack).add({
        constructUniqueId: LambdaFunction.PROPERTY_INJECTION_ID,
        inject: (given) => ({ ...given, ...properties }),
      });
      return make(stack);
    };

    it('has the permissions for a VPC', () => {
      const stack = newStack();
      injected(stack, { vpc: vpcIn(stack), vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } });
      const template = Template.fromStack(stack);
      template.hasResourceProperties('AWS::IAM::Role', {
        Policies: [
          {
            PolicyDocument: {
              Statement: Match.arrayWith([
                Match.objectLike({ Action: Match.arrayWith(['ec2:CreateNetworkInterface']) }),
              ]),
            },
          },
        ],
      });
    });

    it('only extends their role', () => {
      const stack = newStack();
      const role = new Role(stack, 'Role', {
        assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: { own: new PolicyDocument({ statements: [traces().statement] }) },
      });
      injected(stack, { role });
      const template = Template.fromStack(stack);
      template.hasResourceProperties('AWS::IAM::Role', { Policies: [{ PolicyName: 'own' }] });
      template.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
          ]),
        },
      });
    });

    it('writes to their log group', () => {
      const stack = newStack();
      const logGroup = new LogGroup(stack, 'Logs');
      expect(injected(stack, { logGroup }).logGroup).toBe(logGroup);
      Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
    });

    it('has their tracing mode', () => {
      const stack = newStack();
      injected(stack, { tracing: Tracing.PASS_THROUGH });
      Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
        TracingConfig: { Mode: 'PassThrough' },
      });
    });

    it('has no failure queue in addition to their dead-letter topic', () => {
      const stack = newStack();
      invokedByAll(stack, injected(stack, { deadLetterTopic: new Topic(stack, 'Dead') }));
      Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 0);
    });
  });

  it('can be without tracing and its permissions', () => {
    const stack = newStack();
    make(stack, { tracing: Tracing.DISABLED });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/xray|TracingConfig/);
  });

  it('may only write to its own log group and send traces', () => {
    const stack = newStack();
    make(stack);
    const template = Template.fromStack(stack);
    const others = { Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^FnServiceRole') }] } };
    expect(template.findResources('AWS::IAM::Policy', others)).toEqual({});
    template.hasResourceProperties('AWS::IAM::Role', {
      ManagedPolicyArns: Match.absent(),
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              Match.objectLike({
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FnLogGroup'), 'Arn'] },
              }),
              Match.objectLike({ Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] }),
            ],
          },
        },
      ],
    });
  });

  it('has one queue, with an alarm, for failed events of asynchronous services', () => {
    const stack = newStack();
    const fn = make(stack);
    expect(fn.failures).toBeUndefined();
    invokedByAll(stack, fn);
    const template = Template.fromStack(stack);
    expect(fn.failures).toBeInstanceOf(Queue);
    template.resourceCountIs('AWS::SQS::Queue', 1);
    template.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 1209600,
      SqsManagedSseEnabled: true,
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 0,
    });
  });

  it.each<[string, (stack: Stack, fn: BaseFunction) => void]>([
    [
      'a service under conditions',
      (_, fn) => {
        const account = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
        fn.grantInvoke(new ServicePrincipal('events.amazonaws.com').withConditions(account));
      },
    ],
    [
      'an alarm',
      (stack, fn) => {
        const metric = new Queue(stack, 'Queue').metricApproximateNumberOfMessagesVisible();
        new Alarm(stack, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1 }).addAlarmAction(
          new LambdaAction(fn),
        );
      },
    ],
    [
      'a schedule',
      (stack, fn) => {
        const schedule = ScheduleExpression.rate(Duration.days(1));
        new SchedulerSchedule(stack, 'Schedule', { schedule, target: new LambdaInvoke(fn) });
      },
    ],
  ])('has it for what %s invokes it with', (_, invokedBy) => {
    const stack = newStack();
    const fn = make(stack);
    invokedBy(stack, fn);
    expect(fn.failures).toBeInstanceOf(Queue);
  });

  it('has none for callers that wait for the response', () => {
    const stack = newStack();
    const fn = make(stack);
    for (const service of ['states', 'apigateway'])
      fn.grantInvoke(
        new Role(stack, service, { assumedBy: new ServicePrincipal(`${service}.amazonaws.com`) }),
      );
    expect(fn.failures).toBeUndefined();
  });

  it('has it for event sources of its property `events`', () => {
    const stack = newStack();
    const fn = make(stack, { events: [new SnsEventSource(new Topic(stack, 'Topic'))] });
    expect(fn.failures).toBeInstanceOf(Queue);
  });

  it.each<[string, (stack: Stack) => Options]>([
    ['its callers wait', () => ({ invokedSynchronously: true })],
    [
      'the user has set a failure destination',
      (stack) => ({ onFailure: new SnsDestination(new Topic(stack, 'Failed')) }),
    ],
    ['it has a dead-letter topic', (stack) => ({ deadLetterTopic: new Topic(stack, 'Dead') })],
  ])('has none when %s', (_, options) => {
    const stack = newStack();
    invokedByAll(stack, make(stack, options(stack)));
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 0);
  });

  const FAILURES_GO_TO_THE_QUEUE = {
    OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FnFailures'), 'Arn'] } },
  };

  it('has only the permission to send, in the one policy of the function', () => {
    const stack = newStack();
    invokedByAll(stack, make(stack));
    const template = Template.fromStack(stack);
    const others = { Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^FnServiceRole') }] } };
    expect(template.findResources('AWS::IAM::Policy', others)).toEqual({});
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              {
                Action: 'sqs:SendMessage',
                Effect: 'Allow',
                Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FnFailures'), 'Arn'] },
              },
            ]),
          },
        },
      ],
    });
  });

  it("has the user's options, and so has its alarm", () => {
    const stack = newStack();
    const topic = new Topic(stack, 'Topic');
    const encryptionMasterKey = new Key(stack, 'Key');
    const queue = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey,
      retentionPeriod: Duration.days(3),
    };
    invokedByAll(stack, make(stack, { failures: { queue, alarm: { deadLetters: 5, topic } } }));
    const template = Template.fromStack(stack);
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
    template.hasResourceProperties('AWS::SQS::Queue', {
      KmsMasterKeyId: key,
      MessageRetentionPeriod: 259200,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 5,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: key },
            ]),
          },
        },
      ],
    });
  });

  it('has no alarm with `alarm: false`', () => {
    const stack = newStack();
    invokedByAll(stack, make(stack, { failures: { alarm: false } }));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SQS::Queue', 1);
    expect(JSON.stringify(template.toJSON())).not.toContain('failed-events');
  });

  it("adds the permission to send to a user's role, too", () => {
    const stack = newStack();
    const role = new Role(stack, 'Own', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    invokedByAll(stack, make(stack, { role }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sqs:SendMessage' })]) },
      Roles: [{ Ref: Match.stringLikeRegexp('^Own') }],
    });
  });

  it('has it also if the user has set retries, age or the success destination', () => {
    const stack = newStack();
    const onSuccess = new SnsDestination(new Topic(stack, 'Done'));
    invokedByAll(stack, make(stack, { retryAttempts: 0, maxEventAge: Duration.minutes(5), onSuccess }));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
      DestinationConfig: { ...FAILURES_GO_TO_THE_QUEUE, OnSuccess: Match.anyValue() },
    });
  });

  it.each([
    ['before', true],
    ['after', false],
  ])('has it also if the user configures it %s something invokes it', (_, isBefore) => {
    const stack = newStack();
    const fn = make(stack);
    if (isBefore) fn.configureAsyncInvoke({ retryAttempts: 0 });
    invokedByAll(stack, fn);
    if (!isBefore) fn.configureAsyncInvoke({ retryAttempts: 0 });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      DestinationConfig: FAILURES_GO_TO_THE_QUEUE,
    });
  });

  it('accepts another failure destination from the user later', () => {
    const stack = newStack();
    const fn = make(stack);
    fn.configureAsyncInvoke({ onFailure: new SnsDestination(new Topic(stack, 'Failed')) });
    invokedByAll(stack, fn);
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 0);
  });

  it('is rejected with an environment of more than 4 KB', () => {
    const stack = newStack();
    make(stack, { environment: { TEXT: 'x'.repeat(4096) } });
    expect(() => Template.fromStack(stack)).toThrow(
      /[\d,]+ of 4,096 bytes of environment variables \(Stack\/Fn/,
    );
  });

  it('is rejected with variables that Lambda does not accept', () => {
    const stack = newStack();
    const fn = make(stack, { environment: { 'my-name': '1', A: '1', größe: '1', GOOD_1: '1' } });
    fn.addEnvironment('1ST', '1');
    expect(() => Template.fromStack(stack)).toThrow(
      '[Stack/Fn] The names of environment variables must be at least two letters, digits and underscores, starting with a letter, got my-name, A, größe, 1ST. Rename them',
    );
  });

  it('has no findings in security scans', () => {
    const findings = nagFindings((stack) => {
      make(stack).addPermission('Topic', {
        principal: new ServicePrincipal('sns.amazonaws.com'),
      });
    }, NOT_BUNDLED);
    expect(findings).toEqual([]);
  });

  it('has the permissions for its VPC, but not for all log groups of the account', () => {
    const stack = newStack();
    make(stack, { vpc: vpcIn(stack) });
    const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')) as [any];
    expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    const statements: any[] = role.Properties.Policies[0].PolicyDocument.Statement;
    expect(statements.map(({ Action }) => Action)).toContainEqual(
      expect.arrayContaining(['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface']),
    );
    expect(statements.filter(({ Action }) => /logs:/.test(Action)).map(({ Resource }) => Resource)).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^FnLogGroup/), 'Arn'] },
    ]);
  });

  it('keeps findings about permissions that users add on all resources', () => {
    const findings = nagFindings((stack) => {
      make(stack).addToRolePolicy(
        new PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }),
      );
    }, NOT_BUNDLED);
    expect(findings).toEqual([expect.stringMatching(/AwsSolutions-IAM5.*DefaultPolicy/)]);
  });

  it('has no findings in security scans in a VPC and with a file system', () => {
    const findings = nagFindings((stack) => make(stack, withFiles(stack)), NOT_BUNDLED);
    expect(findings.filter((finding) => finding.includes('Stack/Fn'))).toEqual([]);
  });

  it('has the permissions for a file system in one policy', () => {
    const stack = newStack();
    make(stack, withFiles(stack));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: 'elasticfilesystem:ClientMount',
                Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': Match.anyValue() } },
              }),
              Match.objectLike({ Action: 'elasticfilesystem:ClientWrite' }),
            ]),
          },
        },
      ],
    });
  });
});
