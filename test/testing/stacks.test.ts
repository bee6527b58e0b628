import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, CfnCondition, CfnParameter, Fn, Stack, Stage, Validations } from 'aws-cdk-lib/core';
import { DataTable } from 'cdk-trellis';
import { expectSecure, securityFindings, stableTemplate } from 'cdk-trellis/testing';
import { Project, removeProjects } from '../support/project.js';

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
    const [first, second] = [
      functionWith('exports.handler = async () => 1;'),
      functionWith('exports.handler = async () => 2;'),
    ];
    expect(first).toEqual(second);
    expect(JSON.stringify(first)).toContain('<hash>');
  });

  it('omits only the additions of CDK to every template', () => {
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
  it('passes for a stack without findings', () => {
    const stack = newStack();
    new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
    expect(() => expectSecure(stack)).not.toThrow();
  });

  it('reports each finding with its path and the remedy', () => {
    const stack = newStack();
    new Bucket(stack, 'Files', { enforceSSL: true });
    expect(() => expectSecure(stack)).toThrow(
      "Expected no findings of cdk-nag, got:\n- AwsSolutions-S1 at Shop/Files/Resource: The S3 Bucket has server access logs disabled.\nFix it, or acknowledge it with a reason: `Validations.of(construct).acknowledge({ id: 'AwsSolutions-S1', reason: '...' })`",
    );
  });

  it('ignores acknowledged findings and other stacks', () => {
    const stack = newStack();
    const bucket = new Bucket(stack, 'Files', { enforceSSL: true });
    Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'It holds logs itself.' });
    new Bucket(new Stack(stack.node.root, 'Other'), 'Files', { enforceSSL: true });
    expect(() => expectSecure(stack)).not.toThrow();
    expect(securityFindings(stack.node.root).map(({ rule, path }) => [rule, path])).toEqual([
      ['AwsSolutions-S1', 'Other/Files/Resource'],
    ]);
  });

  it('includes stages', () => {
    const app = new App();
    new Bucket(new Stack(new Stage(app, 'Beta'), 'Shop'), 'Files', { enforceSSL: true });
    expect(() => expectSecure(app)).toThrow('AwsSolutions-S1 at Beta/Shop/Files/Resource');
  });
});
