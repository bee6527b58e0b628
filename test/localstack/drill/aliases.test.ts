import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { config, invoke } from './support.js';

const StackName = 'TrellisDrillAlias';
const FunctionName = 'trellis-drill-alias';
const client = new CloudFormationClient(config);
const waiting = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

/** A function whose alias is at its one version, as CDK writes it: a version of new code has a name of its own. */
function template(edition: string): string {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
  return JSON.stringify({
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [trust] } } },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Code: { ZipFile: `exports.handler = async () => '${edition}';` },
        },
      },
      [`Version${edition}`]: {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName: { Ref: 'Function' } },
      },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          Name: 'live',
          FunctionName: { Ref: 'Function' },
          FunctionVersion: { 'Fn::GetAtt': [`Version${edition}`, 'Version'] },
        },
      },
    },
  });
}

afterAll(async () => {
  await client.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete(waiting, { StackName });
});

it('an alias moves to the new version of its function', async () => {
  const Capabilities = ['CAPABILITY_IAM' as const];
  await client.send(new CreateStackCommand({ StackName, Capabilities, TemplateBody: template('One') }));
  await waitUntilStackCreateComplete(waiting, { StackName });
  expect(await invoke(`${FunctionName}:live`)).toBe('One');
  await client.send(new UpdateStackCommand({ StackName, Capabilities, TemplateBody: template('Two') }));
  await waitUntilStackUpdateComplete(waiting, { StackName });
  expect(await invoke(`${FunctionName}:live`)).toBe('Two');
});
