import { Template } from 'aws-cdk-lib/assertions';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { CfnResource, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps, deskRoutes } from './desk/desk.js';
import { addDirect, addResources } from './desk/direct.js';

/** The logical id of the deployment, by which CloudFormation decides whether the stage gets the API as it is now. */
function deploymentOf(props: Partial<DeskProps> = {}, usersOf = (stack: Stack) => addUsers(stack)): string {
  const stack = newStack();
  addDesk(stack, usersOf(stack), props);
  return Object.keys(Template.fromStack(stack).findResources('AWS::ApiGateway::Deployment'))[0]!;
}

const named = (functionName: string) => ({
  routes: { ...deskRoutes, search: { handler: deskRoutes.search, functionName } },
});
const authorizers = (functionName?: string): Partial<DeskProps> => ({
  authorizers: {
    partners: { handler: () => import('./desk/handlers/partners.js'), ...(functionName && { functionName }) },
    tenants: {
      handler: () => import('./desk/handlers/tenants.js'),
      type: 'request',
      identitySources: ['headers.x-tenant', 'query.room'],
    },
  },
});

describe('the deployment of an API', () => {
  it('stays as it is while nothing changes', () => {
    expect(deploymentOf(named('search'))).toBe(deploymentOf(named('search')));
  });

  it('is another one when a user pool of the stack is replaced', () => {
    const replaced = (stack: Stack) => addUsers(new Construct(stack, 'Second') as Stack);
    expect(deploymentOf({}, replaced)).not.toBe(deploymentOf());
  });

  it('is another one when a function is replaced by one of another name', () => {
    expect(deploymentOf(named('search-2'))).not.toBe(deploymentOf(named('search')));
    expect(deploymentOf(authorizers('partners'))).not.toBe(deploymentOf(authorizers()));
  });
});

describe('the deployment of an API with direct integrations', () => {
  type Resources = ReturnType<typeof addResources> & { readonly role: Construct };

  /** Its logical id, with a property of one resource overridden. */
  function directDeployment(
    of?: (resources: Resources) => Construct,
    property = '',
    value: unknown = 'other',
  ) {
    const stack = newStack();
    const resources = addResources(stack);
    const api = addDirect(stack, addUsers(stack), resources);
    const role = api.node.findAll().find((node) => node instanceof CfnRole)!.node.scope!;
    if (of) {
      const { defaultChild } = of({ ...resources, role }).node;
      (defaultChild as CfnResource).addPropertyOverride(property, value);
    }
    return Object.keys(Template.fromStack(stack).findResources('AWS::ApiGateway::Deployment'))[0]!;
  }

  it.each<[string, (resources: Resources) => Construct, string, string]>([
    ['a queue', ({ orders }) => orders, 'QueueName', 'other'],
    ['a table of another key', ({ things }) => things.table, 'KeySchema.0.AttributeName', 'other'],
    ['a table', ({ mine }) => mine.table, 'TableName', 'other'],
    ['a bus', ({ events }) => events, 'Name', 'other'],
    ['a state machine', ({ runs }) => runs, 'StateMachineType', 'EXPRESS'],
    ['a role of the gateway', ({ role }) => role, 'Path', '/other/'],
  ])('is another one when %s is replaced behind its logical id', (_, of, property, value) => {
    expect(directDeployment(of, property, value)).not.toBe(directDeployment());
  });

  it('stays as it is when what is behind it changes in place', () => {
    expect(directDeployment()).toBe(directDeployment());
    expect(directDeployment(({ orders }) => orders, 'VisibilityTimeout', 60)).toBe(directDeployment());
    expect(directDeployment(({ events }) => events, 'Description')).toBe(directDeployment());
  });
});
