import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  App,
  CfnOutput,
  CfnResource,
  Duration,
  NestedStack,
  RemovalPolicy,
  Stack,
  Stage,
} from 'aws-cdk-lib/core';
import { applyTarget, DataTable, declareSupport } from 'cdk-trellis';

function appFor(target: string) {
  const app = new App({ context: { target } });
  return { app, stack: new Stack(app, 'Shop') };
}

function synthesized(app: App) {
  const assembly = app.synth();
  const report = join(assembly.directory, 'target-report.json');
  return {
    template: assembly.getStackByName('Shop').template,
    report: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined,
  };
}

function poolIn(stack: Stack) {
  const pool = new CfnUserPool(stack, 'Pool');
  const queue = new Queue(stack, 'Queue');
  queue.node.addDependency(pool);
  new StringParameter(stack, 'PoolId', { stringValue: pool.ref });
  new CfnOutput(stack, 'PoolArn', { value: pool.attrArn });
  new CfnOutput(stack, 'Exported', { value: pool.attrArn, exportName: 'pool' });
  new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
  applyTarget(stack);
}

describe('a type that the target does not support', () => {
  it('is removed from the template, with placeholders for references to it', () => {
    const { app, stack } = appFor('localstack');
    poolIn(stack);
    const { template } = synthesized(app);
    expect(Object.keys(template.Resources)).toEqual(['Queue4A7E3555', expect.stringMatching(/^PoolId/)]);
    expect(template.Resources.Queue4A7E3555).not.toHaveProperty('DependsOn');
    expect(Object.values<any>(template.Resources)[1].Properties.Value).toBe('left-out-Pool');
    expect(template.Outputs).toEqual({
      Exported: {
        Value: 'arn:aws:cognito:us-east-1:000000000000:left-out/Pool',
        Export: { Name: 'pool' },
      },
      QueueUrl: { Value: { Ref: 'Queue4A7E3555' } },
    });
  });

  it('is reported with its reason', () => {
    const { app, stack } = appFor('localstack');
    poolIn(stack);
    expect(synthesized(app).report).toEqual({
      target: 'localstack',
      emulator: 'LocalStack 4.14.0',
      differences: [
        {
          what: 'left out',
          type: 'AWS::Cognito::UserPool',
          path: 'Shop/Pool',
          why: 'not part of the community edition',
          instead: 'the local cloud of `trellis up` has it',
        },
      ],
      fitted: ['Shop.template.json'],
    });
  });

  it('is reported once when an app is synthesized again', () => {
    const { app, stack } = appFor('localstack');
    poolIn(stack);
    app.synth();
    app.synth({ force: true });
    expect(synthesized(app).report.differences).toHaveLength(1);
  });

  it('is deployed on AWS, and the report is empty', () => {
    const { app, stack } = appFor('aws');
    poolIn(stack);
    const { template, report } = synthesized(app);
    expect(template.Resources).toHaveProperty('Pool');
    expect(template.Outputs).toHaveProperty('PoolArn');
    expect(report).toEqual({ target: 'aws', differences: [], fitted: [] });
  });

  it('is removed from every stack: nested ones, others of the app, and those of a stage', () => {
    const { app, stack } = appFor('localstack');
    const nested = new NestedStack(stack, 'Nested');
    const other = new Stack(app, 'Other');
    for (const scope of [nested, other]) {
      new CfnUserPool(scope, 'Pool');
      new Queue(scope, 'Queue');
    }
    const stage = new Stage(app, 'Live');
    const live = new Stack(stage, 'Shop');
    new CfnUserPool(live, 'Pool');
    new DataTable(live, 'Products', { partitionKey: 'productId' });
    applyTarget(stack);
    const { report } = synthesized(app);
    const paths = report.differences
      .filter(({ what }: { what: string }) => what === 'left out')
      .map(({ path }: { path: string }) => path);
    expect(paths.sort()).toEqual(['Live/Shop/Pool', 'Other/Pool', 'Shop/Nested/Pool']);
  });
});

describe('a property without effect', () => {
  it('stays in the template and is reported', () => {
    const { app, stack } = appFor('local');
    new Bucket(stack, 'Reports', { lifecycleRules: [{ expiration: Duration.days(3) }] });
    applyTarget(stack);
    const { template, report } = synthesized(app);
    expect(Object.values<any>(template.Resources)[0].Properties).toHaveProperty('LifecycleConfiguration');
    expect(report.differences).toEqual([
      expect.objectContaining({
        what: 'without effect',
        type: 'AWS::S3::Bucket',
        property: 'LifecycleConfiguration',
        path: 'Shop/Reports/Resource',
      }),
    ]);
  });

  it('is found in lists', () => {
    const { app, stack } = appFor('local');
    new DataTable(stack, 'Products', { partitionKey: 'productId' });
    expect(synthesized(app).report.differences).toEqual([
      expect.objectContaining({ property: 'Replicas.PointInTimeRecoverySpecification' }),
    ]);
  });
});

it.each(['local', 'localstack'])('nothing is retained on %s', (target) => {
  const { app, stack } = appFor(target);
  new Bucket(stack, 'Reports', { removalPolicy: RemovalPolicy.RETAIN });
  applyTarget(stack);
  expect(Object.values(synthesized(app).template.Resources)).toEqual([
    expect.objectContaining({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }),
  ]);
});

it('data on AWS is retained', () => {
  const { app, stack } = appFor('aws');
  new Bucket(stack, 'Reports', { removalPolicy: RemovalPolicy.RETAIN });
  applyTarget(stack);
  expect(Object.values(synthesized(app).template.Resources)).toEqual([
    expect.objectContaining({ DeletionPolicy: 'Retain' }),
  ]);
});

describe('a type without a declaration', () => {
  const extension = (stack: Stack) => {
    new CfnResource(stack, 'Extension', { type: 'AWS::AppConfig::Extension' });
    applyTarget(stack);
  };

  it('fails the synth with its path and the remedy', () => {
    const { app, stack } = appFor('local');
    extension(stack);
    expect(() => app.synth()).toThrow(
      [
        'Expected only resources that MiniStack 1.5.33 creates, got:',
        '  AWS::AppConfig::Extension (at Shop/Extension)',
        "Declare each: declareSupport(app, 'local', { 'AWS::AppConfig::Extension': { leftOut: 'reason', instead: 'replacement' } }), or 'supported' if your edition creates it.",
      ].join('\n'),
    );
  });

  it('is left out if the app declares it', () => {
    const { app, stack } = appFor('local');
    extension(stack);
    declareSupport(app, 'local', {
      'AWS::AppConfig::*': { leftOut: 'MiniStack does not support it', instead: 'nothing reads it' },
    });
    const { template, report } = synthesized(app);
    expect(template.Resources ?? {}).toEqual({});
    expect(report.differences).toEqual([
      {
        what: 'left out',
        type: 'AWS::AppConfig::Extension',
        path: 'Shop/Extension',
        why: 'MiniStack does not support it',
        instead: 'nothing reads it',
      },
    ]);
  });

  it('is deployed on AWS', () => {
    const { app, stack } = appFor('aws');
    extension(stack);
    expect(synthesized(app).template.Resources).toHaveProperty('Extension');
  });
});

describe('an app for an emulator, with the credentials of a real account', () => {
  const kept = { ...process.env };

  afterEach(() => {
    process.env = { ...kept };
  });

  it('is rejected: its template would delete data', () => {
    process.env.CDK_DEFAULT_ACCOUNT = '123456789012';
    const { stack } = appFor('localstack');
    expect(() => applyTarget(stack)).toThrow(
      'Expected the credentials of an emulator for the target localstack, got those of the account 123456789012, where its template would delete data that must be retained.\nSet AWS_ENDPOINT_URL to the address of the emulator, or omit the target to deploy to AWS. To list the differences: npx trellis report --target localstack',
    );
  });

  it.each([
    ['with an account of the emulator', { CDK_DEFAULT_ACCOUNT: '000000000000' }],
    [
      'with the address of one',
      { CDK_DEFAULT_ACCOUNT: '123456789012', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
    ],
    ['without credentials', {}],
  ])('is taken %s', (_, env) => {
    Object.assign(process.env, env);
    const { app, stack } = appFor('localstack');
    poolIn(stack);
    expect(synthesized(app).template.Resources).not.toHaveProperty('Pool');
  });
});

describe('the declaration of an app for an emulator', () => {
  it('overrides the table, as for an edition with more types', () => {
    const { app, stack } = appFor('localstack');
    declareSupport(app, 'localstack', { 'AWS::Cognito::UserPool': 'supported' });
    poolIn(stack);
    const { template, report } = synthesized(app);
    expect(template.Resources).toHaveProperty('Pool');
    expect(report.differences).toEqual([]);
  });

  it('applies to its scope, and the nearest takes precedence', () => {
    const { app, stack } = appFor('localstack');
    declareSupport(app, 'localstack', { 'AWS::Cognito::*': 'supported' });
    declareSupport(stack, 'localstack', {
      'AWS::Cognito::UserPool': { leftOut: 'not here', instead: 'the other stack has it' },
    });
    new CfnUserPool(new Stack(app, 'Other'), 'Pool');
    poolIn(stack);
    expect(synthesized(app).report.differences).toEqual([
      expect.objectContaining({ path: 'Shop/Pool', why: 'not here' }),
    ]);
  });

  it('applies to that emulator only', () => {
    const { app, stack } = appFor('localstack');
    declareSupport(app, 'local', { 'AWS::Cognito::*': 'supported' });
    poolIn(stack);
    expect(synthesized(app).report.differences).toHaveLength(1);
  });

  it('must name a type', () => {
    const { app } = appFor('local');
    expect(() => declareSupport(app, 'local', { UserPool: 'supported' })).toThrow(
      'A resource type must look like AWS::SQS::Queue or AWS::SQS::*, got "UserPool" (at the app)',
    );
  });
});
