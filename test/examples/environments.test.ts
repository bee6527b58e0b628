import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { DeployerStack } from '../../examples/environments/deployer-stack.js';
import { ENVIRONMENTS } from '../../examples/environments/environments.js';
import { PipelineStack } from '../../examples/environments/pipeline-stack.js';
import { ShopStage } from '../../examples/environments/shop-stage.js';
import { costAtRest } from '../../lib/observability/cost-at-rest.js';
import { nagFindings } from '../support/nag.js';
import { withoutExceptions } from '../templates/iam/exceptions.js';
import { findingsOf } from '../templates/iam/findings.js';
import { Reference } from '../templates/iam/reference.js';

const NO_CODE = { 'aws:cdk:bundling-stacks': [] };
const pipeline = {
  env: { account: '777788889999', region: 'eu-west-1' },
  repository: 'example/shop',
  connectionArn: 'arn:aws:codeconnections:eu-west-1:777788889999:connection/1',
};
const deployer = {
  env: { account: '111122223333', region: 'eu-west-1' },
  repository: 'example/shop',
  environment: 'dev',
};

const stageOf = (name: keyof typeof ENVIRONMENTS) => {
  const [stack] = new ShopStage(new App({ context: NO_CODE }), name).synth().stacks;
  return stack!;
};

describe('an environment', () => {
  it.each(['dev', 'prod'] as const)('%s is deployed to its own account and region', (name) => {
    const { account, region } = ENVIRONMENTS[name];
    expect(stageOf(name)).toMatchObject({ stackName: `${name}-Shop`, environment: { account, region } });
  });

  it('retains its data and protects its stack unless it is ephemeral', () => {
    const protection = ({ template, terminationProtection }: ReturnType<typeof stageOf>) => [
      terminationProtection,
      ...Object.values<any>(template.Resources)
        .filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable' || Type === 'AWS::SQS::Queue')
        .map(({ DeletionPolicy }) => DeletionPolicy),
    ];
    expect(protection(stageOf('dev'))).toEqual([false, 'Delete', 'Delete', 'Delete']);
    expect(protection(stageOf('prod'))).toEqual([
      true,
      'Retain',
      'RetainExceptOnCreate',
      'RetainExceptOnCreate',
    ]);
  });

  it('has its own concurrency and its own recipients of alarms', () => {
    const prod = Template.fromJSON(stageOf('prod').template);
    prod.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ScalingConfig: { MaximumConcurrency: 50 },
    });
    prod.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'on-call@example.com' });
    Template.fromJSON(stageOf('dev').template).resourceCountIs('AWS::SNS::Subscription', 0);
  });
});

describe('the pipeline', () => {
  it('deploys to dev, and to prod after an approval', () => {
    const stack = new PipelineStack(new App({ context: NO_CODE }), 'Pipeline', pipeline);
    const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::CodePipeline::Pipeline'));
    const stages = resource!.Properties.Stages.map(({ Name, Actions }: any) => [
      Name,
      Actions.map((action: any) => action.Name),
    ]);
    expect(resource!.Properties.PipelineType).toBe('V2');
    // The README states this cost.
    expect(costAtRest(stack.node.findChild('Pipeline')).monthly).toBe(1);
    expect(stages.slice(-2)).toEqual([
      ['dev', ['Prepare', 'Deploy']],
      ['prod', ['Release', 'Shop.Prepare', 'Shop.Deploy']],
    ]);
  });
});

describe('the role of the workflow on GitHub', () => {
  it('trusts jobs of one environment of one repository, and grants the actions of a deployment', () => {
    const template = Template.fromStack(new DeployerStack(new App(), 'Deployer', deployer));
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'deploy-shop-dev',
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
                'token.actions.githubusercontent.com:sub': 'repo:example/shop:environment:dev',
              },
            },
          },
        ],
      },
    });
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const actions = policy!.Properties.PolicyDocument.Statement.flatMap(({ Action }: any) => Action);
    expect(actions).toEqual([
      'sts:AssumeRole',
      'cloudformation:DescribeStacks',
      'cloudformation:DescribeStackResource',
      'cloudformation:GetTemplate',
    ]);
  });

  it('matches the workflow: one job per environment, with a token and without a key', () => {
    const workflow = readFileSync(join(__dirname, '../../examples/environments/deploy.yml'), 'utf8');
    const all = (pattern: RegExp) => [...workflow.matchAll(pattern)].map(([, ...groups]) => groups);
    expect(all(/^ {4}environment: (\w+)$/gm).flat()).toEqual(Object.keys(ENVIRONMENTS));
    expect(all(/STAGE: (\w+), AWS_REGION: ([\w-]+)/g)).toEqual(
      Object.entries(ENVIRONMENTS).map(([name, { region }]) => [name, region]),
    );
    expect(workflow).toContain('id-token: write');
    expect(workflow).not.toMatch(/secrets\./);
  });
});

describe('the app', () => {
  const builds = {
    dev: (app: App) => void new ShopStage(app, 'dev'),
    prod: (app: App) => void new ShopStage(app, 'prod'),
    pipeline: (app: App) => void new PipelineStack(app, 'Pipeline', pipeline),
    deployer: (app: App) => void new DeployerStack(app, 'Deployer', deployer),
  };

  it.each(Object.entries(builds))('security scans report no findings in %s', (_, build) => {
    expect(nagFindings(({ node }) => build(node.root as App), NO_CODE)).toEqual([]);
  });

  it('grants only actions that AWS supports on the named resources', async () => {
    const app = new App({ context: NO_CODE });
    for (const build of [builds.dev, builds.deployer]) build(app);
    const templates = Object.fromEntries(
      app.synth().stacksRecursively.map(({ stackName, template }) => [stackName, template]),
    );
    expect(withoutExceptions(findingsOf(templates, await Reference.installed()), [])).toEqual([]);
  });
});
