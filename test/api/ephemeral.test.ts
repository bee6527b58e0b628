import { Template } from 'aws-cdk-lib/assertions';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps } from './desk/desk.js';

const EPHEMERAL = { 'trellis:ephemeral': 'true' };

function templateOf(context: Record<string, unknown>, props: Partial<DeskProps> = {}) {
  const stack = newStack(context);
  addDesk(stack, addUsers(stack), props);
  return Template.fromStack(stack);
}

const kept = (template: Template) =>
  Object.entries(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>)
    .filter(([, { DeletionPolicy }]) => /^Retain/.test(DeletionPolicy ?? ''))
    .map(([id]) => id);

describe('an API of an ephemeral app on AWS', () => {
  it('retains no resource, and does not change the setting of the account', () => {
    const template = templateOf(EPHEMERAL);
    template.resourceCountIs('Custom::ApiGatewayLogging', 0);
    expect(kept(template)).toEqual([]);
  });

  it('writes no logs of the gateway, which require that setting', () => {
    const [stage] = Object.values(templateOf(EPHEMERAL).findResources('AWS::ApiGateway::Stage'));
    expect(stage!.Properties.AccessLogSetting).toBeUndefined();
    expect(stage!.Properties.MethodSettings[0].LoggingLevel).toBe('OFF');
  });

  it('writes them when the account already has the role', () => {
    const template = templateOf(EPHEMERAL, { cloudWatchRole: false });
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    expect(stage!.Properties.AccessLogSetting).toBeDefined();
    template.resourceCountIs('Custom::ApiGatewayLogging', 0);
  });

  it('has no unacknowledged finding', () => {
    const addApi = (stack: ReturnType<typeof newStack>) => addDesk(stack, addUsers(stack), {});
    expect(nagFindings(addApi, EPHEMERAL)).toEqual([]);
  });
});

it('an API replaces its definition as a whole, and the definition has all settings', () => {
  const [api] = Object.values(templateOf({}).findResources('AWS::ApiGateway::RestApi'));
  expect(api!.Properties).toMatchObject({
    Mode: 'overwrite',
    Body: { 'x-amazon-apigateway-minimum-compression-size': 1024 },
  });
});
