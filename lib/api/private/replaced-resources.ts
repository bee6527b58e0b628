import { CfnResource, Stack } from 'aws-cdk-lib/core';

/** Properties whose change makes CloudFormation replace a resource: its logical id stays, its name and ARN do not. */
export const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::GlobalTable': ['TableName', 'KeySchema', 'AttributeDefinitions', 'LocalSecondaryIndexes'],
  'AWS::DynamoDB::Table': [
    'TableName',
    'KeySchema',
    'AttributeDefinitions',
    'LocalSecondaryIndexes',
    'ImportSourceSpecification',
  ],
  'AWS::Events::EventBus': ['Name', 'EventSourceName'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
};

/** Returns the properties that replace the resources of a stack to which a value refers, by logical id. */
export function replacingProperties(stack: Stack, value: unknown): Readonly<Record<string, object>> {
  const ids = referencesIn(stack.resolve(value));
  const properties: Record<string, object> = {};
  for (const node of stack.node.findAll()) {
    const names = CfnResource.isCfnResource(node) && REPLACING[node.cfnResourceType];
    // Other logical ids are not resolved: that of the deployment depends on the result.
    if (!names || Stack.of(node) !== stack) continue;
    const id: string = stack.resolve(node.logicalId);
    if (!ids.has(id)) continue;
    const all = propertiesOf(stack, id, node);
    properties[id] = Object.fromEntries(names.map((name) => [name, all[name]]));
  }
  return properties;
}

/** Resource whose internal method returns its part of the template, with the user's overrides. */
interface WithTemplate {
  _toCloudFormation(): object;
}

function propertiesOf(stack: Stack, id: string, resource: CfnResource): Readonly<Record<string, unknown>> {
  const template = stack.resolve((resource as unknown as WithTemplate)._toCloudFormation());
  return template.Resources?.[id]?.Properties ?? {};
}

/** Returns the logical ids in a resolved value. */
function referencesIn(value: unknown, ids = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value) referencesIn(item, ids);
  else if (typeof value === 'object' && value !== null) {
    const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
    for (const id of [Ref, attribute?.[0]]) if (id !== undefined) ids.add(id);
    for (const item of Object.values(value)) referencesIn(item, ids);
  }
  return ids;
}
