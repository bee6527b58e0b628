import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { DockerImageCode, DockerImageFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnDBProxy, CfnDBProxyTargetGroup } from 'aws-cdk-lib/aws-rds';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { DataTable } from 'cdk-trellis';
import { fitAssembly } from '../../lib/target/fit-assembly.js';

const image = mkdtempSync(join(tmpdir(), 'trellis-image-'));
writeFileSync(join(image, 'Dockerfile'), 'FROM scratch');

/** An app with the context that the CDK CLI sets. */
const appWithPaths = (context = {}) =>
  new App({ context: { 'aws:cdk:enable-path-metadata': true, ...context } });
const read = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const typesIn = (template: any) => Object.values<any>(template.Resources).map(({ Type }) => Type);

function imageFunction(stack: Stack): DockerImageFunction {
  const code = DockerImageCode.fromImageAsset(image, { platform: Platform.LINUX_ARM64 });
  return new DockerImageFunction(stack, 'Converter', { code });
}

it('leaves out functions of container images with what belongs to them, and builds no image', () => {
  const app = appWithPaths();
  const stack = new Stack(app, 'Shop');
  const converter = imageFunction(stack);
  converter.addEventSource(new SqsEventSource(new Queue(stack, 'Jobs')));
  const { directory } = app.synth();
  fitAssembly(directory, 'local');
  const types = typesIn(read(directory, 'Shop.template.json'));
  expect(types).toContain('AWS::SQS::Queue');
  expect(types.filter((type) => /Lambda/.test(type))).toEqual([]);
  expect(read(directory, 'Shop.assets.json').dockerImages).toEqual({});
  const { target, differences } = read(directory, 'target-report.json');
  expect(target).toBe('local');
  expect(differences.filter(({ what }: any) => what === 'left out')).toEqual([
    expect.objectContaining({ path: 'Shop/Converter/Resource', why: 'container images need Docker' }),
    expect.objectContaining({
      type: 'AWS::Lambda::EventSourceMapping',
      why: 'it belongs to Shop/Converter/Resource, which is left out',
    }),
  ]);
});

it('leaves out a proxy of a database with its targets, and rules of security groups', () => {
  const app = appWithPaths();
  const stack = new Stack(app, 'Shop');
  const vpc = new Vpc(stack, 'Network', { natGateways: 0 });
  const proxy = new CfnDBProxy(stack, 'Proxy', {
    auth: [],
    dbProxyName: 'p',
    engineFamily: 'POSTGRESQL',
    roleArn: 'r',
    vpcSubnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
  });
  new CfnDBProxyTargetGroup(stack, 'Targets', { dbProxyName: proxy.ref, targetGroupName: 'default' });
  new CfnResource(stack, 'Rule', { type: 'AWS::EC2::SecurityGroupIngress', properties: { GroupId: 'g' } });
  const { directory } = app.synth();
  fitAssembly(directory, 'local');
  const types = typesIn(read(directory, 'Shop.template.json'));
  expect(types.filter((type) => /DBProxy|Ingress/.test(type))).toEqual([]);
  expect(types).toContain('AWS::EC2::VPC');
});

it('reaches stacks in stages and nested stacks', () => {
  const app = appWithPaths();
  const stage = new Stage(app, 'Dev');
  const stack = new Stack(stage, 'Shop');
  new CfnResource(new NestedStack(stack, 'Inner'), 'Rule', {
    type: 'AWS::EC2::SecurityGroupIngress',
    properties: {},
  });
  const { directory } = app.synth();
  fitAssembly(directory, 'local');
  const [file] = readdirSync(join(directory, 'assembly-Dev')).filter((name) => name.includes('.nested.'));
  const inner = read(directory, `assembly-Dev/${file}`);
  expect(typesIn(inner)).toEqual([]);
});

it('changes nothing where the emulator is not known to create a type, and names each once', () => {
  const app = appWithPaths();
  const stack = new Stack(app, 'Shop');
  imageFunction(stack);
  for (const id of ['A', 'B']) new CfnResource(stack, id, { type: 'AWS::Quantum::Computer' });
  new CfnResource(stack, 'C', { type: 'AWS::Quantum::Qubit' });
  const { directory } = app.synth();
  const before = readFileSync(join(directory, 'Shop.template.json'), 'utf8');
  expect(() => fitAssembly(directory, 'local')).toThrow(
    /AWS::Quantum::Computer \(at Shop\/A\)\n.*Shop\/B\)\n.*Qubit \(at Shop\/C\)\n.*'AWS::Quantum::Computer': \{[^}]*\}, 'AWS::Quantum::Qubit': \{/,
  );
  expect(readFileSync(join(directory, 'Shop.template.json'), 'utf8')).toBe(before);
});

it('forgets what it has reported of an earlier synth', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'trellis-out-'));
  for (const id of ['First', 'Second']) {
    const app = new App({ outdir, context: { 'aws:cdk:enable-path-metadata': true } });
    new CfnResource(new Stack(app, 'Plain'), id, { type: 'AWS::EC2::SecurityGroupIngress' });
    app.synth();
    fitAssembly(outdir, 'local');
  }
  expect(read(outdir, 'target-report.json').differences.map(({ path }: any) => path)).toEqual([
    'Plain/Second',
  ]);
});

it('leaves an app as it is that chooses another target itself', () => {
  const app = appWithPaths({ target: 'aws' });
  const stack = new Stack(app, 'Ours');
  new DataTable(stack, 'Orders', { partitionKey: 'id' });
  const { directory } = app.synth();
  const template = read(directory, 'Ours.template.json');
  fitAssembly(directory, 'local');
  expect(read(directory, 'Ours.template.json')).toEqual(template);
  expect(JSON.stringify(template)).toContain('"DeletionPolicy":"Retain"');
});

it('leaves stacks as they are that a construct of this library has fitted', () => {
  const app = appWithPaths({ target: 'local' });
  new DataTable(new Stack(app, 'Ours'), 'Orders', { partitionKey: 'id' });
  new CfnResource(new Stack(app, 'Plain'), 'Rule', { type: 'AWS::EC2::SecurityGroupIngress' });
  const { directory } = app.synth();
  const [template, report] = [read(directory, 'Ours.template.json'), read(directory, 'target-report.json')];
  fitAssembly(directory, 'local');
  expect(read(directory, 'Ours.template.json')).toEqual(template);
  expect(read(directory, 'target-report.json').differences).toEqual(report.differences);
});
