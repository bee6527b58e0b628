import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps, deskRoutes } from './desk/desk.js';

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
