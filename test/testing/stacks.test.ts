import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, CfnCondition, CfnParameter, Fn, Stack, Stage, Validations } from 'aws-cdk-lib/core';
import { DataTable } from 'cdk-trellis';
import { expectSecure, securityFindings, stableTemplate } from 'cdk-trellis/testing';
import { Project, removeProjects } from '../function/project.js';

afterAll(removeProjects);

const newStack = () => new Stack(new App(), 'Shop');

describe('stableTemplate', () => {
  const functionWith = (text: string) => {
    const project = new Project({ 'code/index.js': text });
    const stack = newStack();
    const fn = new LambdaFunction(stack, 'Fn', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(project.path('code')),
    });
    fn.addAlias('live');
    return stableTemplate(stack);
  };

  it('is the same when only code changes', () => {
    const [one, two] = [
      functionWith('exports.handler = async () => 1;'),
      functionWith('exports.handler = async () => 2;'),
    ];
    expect(one).toEqual(two);
    expect(JSON.stringify(one)).toContain('<hash>');
  });

  it('leaves out what CDK adds to every template, and nothing else', () => {
    const stack = newStack();
    expect(stableTemplate(stack)).toEqual({});
    const other = newStack();
    const parameter = new CfnParameter(other, 'Colour');
    new CfnCondition(other, 'IsRed', { expression: Fn.conditionEquals(parameter, 'red') });
    expect(stableTemplate(other)).toEqual({
      Parameters: { Colour: { Type: 'String' } },
      Conditions: { IsRed: { 'Fn::Equals': [{ Ref: 'Colour' }, 'red'] } },
    });
  });
});

describe('expectSecure', () => {
  it('is content with a stack in which nothing is found', () => {
    const stack = newStack();
    new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
    expect(() => expectSecure(stack)).not.toThrow();
  });

  it('says what is found, where and what to do', () => {
    const stack = newStack();
    new Bucket(stack, 'Files', { enforceSSL: true });
    expect(() => expectSecure(stack)).toThrow(
      "Expected cdk-nag to find nothing, got:\n- AwsSolutions-S1 at Shop/Files/Resource: The S3 Bucket has server access logs disabled.\nRepair it, or say why it is right: `Validations.of(construct).acknowledge({ id: 'AwsSolutions-S1', reason: '...' })`",
    );
  });

  it('leaves out what is acknowledged, and what is in other stacks', () => {
    const stack = newStack();
    const bucket = new Bucket(stack, 'Files', { enforceSSL: true });
    Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'It holds logs itself.' });
    new Bucket(new Stack(stack.node.root, 'Other'), 'Files', { enforceSSL: true });
    expect(() => expectSecure(stack)).not.toThrow();
    expect(securityFindings(stack.node.root).map(({ rule, path }) => [rule, path])).toEqual([
      ['AwsSolutions-S1', 'Other/Files/Resource'],
    ]);
  });

  it('looks into stages', () => {
    const app = new App();
    new Bucket(new Stack(new Stage(app, 'Beta'), 'Shop'), 'Files', { enforceSSL: true });
    expect(() => expectSecure(app)).toThrow('AwsSolutions-S1 at Beta/Shop/Files/Resource');
  });
});
