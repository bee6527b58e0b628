// Finds what was deployed, in nested stacks as well.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

const NESTED = 'AWS::CloudFormation::Stack';

/** Returns the templates of a stack and of the stacks nested in it, with the logical ids that lead to each. */
export function templatesOf(stack, file = stack.templateFullPath, path = []) {
  const template = JSON.parse(readFileSync(file, 'utf8'));
  const nested = Object.entries(template.Resources ?? {}).flatMap(([id, { Type, Metadata }]) => {
    const asset = Metadata?.['aws:asset:path'];
    if (Type !== NESTED || typeof asset !== 'string') return [];
    return templatesOf(stack, join(stack.assembly.directory, asset), [...path, id]);
  });
  return [{ template, path }, ...nested];
}

/**
 * Returns the deployed stacks, and of their nested stacks those with an API or a site.
 *
 * @param stacks stacks of the assembly
 * @param deployed result of the toolkit
 */
export async function deployedStacks(stacks, deployed) {
  const results = await Promise.all(
    deployed.map(({ hierarchicalId, ...result }) =>
      withNested(
        stacks.find((stack) => stack.hierarchicalId === hierarchicalId),
        result,
      ),
    ),
  );
  return results.flat();
}

async function withNested(stack, { stackName, stackArn, outputs }) {
  // A stack without an environment is deployed to the default one.
  const [, , , region, account] = stackArn.split(':');
  const [top, ...nested] = templatesOf(stack);
  const withUrls = nested.filter(({ template }) => registered(template));
  const described = withUrls.map(async ({ template, path }) => ({
    stackName: [stackName, ...path].join('/'),
    account,
    region,
    outputs: urls(await nestedOutputs(stackArn, path, region), registered(template)),
    ...registered(template),
  }));
  return [
    { stackName, account, region, outputs, ...registered(top.template) },
    ...(await Promise.all(described)),
  ];
}

/** Returns the logical ids of the outputs with the URLs of APIs and of a site. */
function registered({ Metadata }) {
  return Metadata?.['cdk-trellis'];
}

/** Leaves out the outputs by which the CDK passes values between nested stacks. */
function urls(outputs, { apis = {}, site }) {
  const names = [...Object.values(apis), site];
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => names.includes(name)));
}

/** Returns the outputs of a nested stack, which is found by the physical ids of the resources on the way to it. */
async function nestedOutputs(stackArn, path, region) {
  const client = new CloudFormationClient({ region });
  let StackName = stackArn;
  for (const LogicalResourceId of path) {
    const command = new DescribeStackResourceCommand({ StackName, LogicalResourceId });
    StackName = (await client.send(command)).StackResourceDetail.PhysicalResourceId;
  }
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  return Object.fromEntries(
    Stacks[0].Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]) ?? [],
  );
}
