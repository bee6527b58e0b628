import { spawnSync } from 'node:child_process';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { deployedCloud } from '../behaviour/support.js';

const config = localClientConfig(deployedCloud());
const iam = new IAMClient(config);

/** The role of the function whose logical id starts so. */
async function roleOf(stack: string, logicalId: string): Promise<string> {
  const { StackResources = [] } = await new CloudFormationClient(config).send(
    new DescribeStackResourcesCommand({ StackName: stack }),
  );
  const found = StackResources.find(
    (resource) =>
      resource.ResourceType === 'AWS::Lambda::Function' && resource.LogicalResourceId?.startsWith(logicalId),
  );
  const { Role } = await new LambdaClient(config).send(
    new GetFunctionConfigurationCommand({ FunctionName: found?.PhysicalResourceId }),
  );
  return Role!.split('/').at(-1)!;
}

/** Every statement of the role's inline policies goes through `change`; returns what restores them. */
async function changePolicies(RoleName: string, change: (actions: string[]) => string[]) {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const before = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return { RoleName, PolicyName, PolicyDocument: decodeURIComponent(PolicyDocument!) };
    }),
  );
  for (const policy of before) {
    const document = JSON.parse(policy.PolicyDocument);
    for (const statement of document.Statement) statement.Action = change([statement.Action].flat());
    document.Statement = document.Statement.filter((statement: any) => statement.Action.length > 0);
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: JSON.stringify(document) }));
  }
  return async () => {
    for (const policy of before) await iam.send(new PutRolePolicyCommand(policy));
  };
}

function runBehaviourSuite() {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      'node_modules/jest/bin/jest.js',
      '--selectProjects=behaviour',
      '--testPathPatterns=products.test',
      '--ci',
    ],
    { encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0' } },
  );
  return { passed: status === 0, output: stderr };
}

it('the behaviour suite fails with the denied call when one action is taken out of a policy', async () => {
  const role = await roleOf('StorefrontProducts', 'ApiOperationsCreateProduct');
  let taken = 0;
  const restore = await changePolicies(role, (actions) =>
    actions.filter((action) => {
      if (action === 'dynamodb:PutItem') taken += 1;
      return action !== 'dynamodb:PutItem';
    }),
  );
  expect(taken).toBe(1);
  try {
    const { passed, output } = runBehaviourSuite();
    expect(passed).toBe(false);
    expect(output).toContain('IAM denied');
    expect(output).toContain('dynamodb:PutItem');
  } finally {
    await restore();
  }
  expect(runBehaviourSuite()).toMatchObject({ passed: true });
});
