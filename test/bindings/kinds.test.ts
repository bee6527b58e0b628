import { Template } from 'aws-cdk-lib/assertions';
import { type CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { AssetFunction, type Bindables, bindTo } from 'cdk-trellis';
import * as runtime from 'cdk-trellis/runtime';
import { asBindable } from '../../lib/bindings/binding.js';
import { valueFor } from '../../lib/bindings/binding-value.js';
import { nagFindings } from '../support/nag.js';
import { accessesOf, allAccesses, fixtureOf, importedOf, KINDS, ROWS, resourceOf } from './fixtures.js';

const newStack = () => new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');

const INLINE = {
  code: Code.fromInline('exports.handler = async () => 1;'),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
};

const isValue = (resource: unknown) => typeof resource === 'string' || typeof resource === 'number';

/** Binds a resource to a function of CDK's own, whose policy has nothing else. */
function bound(stack: Stack, to: Bindables[string], access: string) {
  const fn = new LambdaFunction(stack, 'Fn', INLINE);
  const binding = isValue(to) ? { to } : { to, access };
  bindTo(fn, { it: binding } as never);
  return fn;
}

/** The actions in the function's policy. */
function actionsIn(stack: Stack): string[] {
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies
    .filter(([id]) => id.startsWith('FnServiceRoleDefaultPolicy'))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }: { Action: string | string[] }) => Action);
}

describe.each(KINDS)('the kind of need %s', (kind) => {
  it('is exported by the runtime, and has a handler of each access in its fixture', () => {
    expect(runtime).toHaveProperty(kind);
    expect(accessesOf(kind).map(({ need }) => need.kind)).toEqual(
      Object.keys(ROWS.get(kind)!.actions).map(() => kind),
    );
  });

  it('recognizes its resource, and no other kind does', () => {
    const resource = resourceOf(kind, newStack());
    expect(asBindable(resource)?.bindingKind).toBe(kind);
    const others = KINDS.filter((other) => other !== kind && ROWS.get(other)!.recognizes(resource));
    expect(others).toEqual([]);
  });

  it('refuses an access that it does not have', () => {
    expect(() => asBindable(resourceOf(kind, newStack()))!.bindingFor('none')).toThrow(
      `the access to a ${kind} must be one of `,
    );
  });
});

const located = allAccesses().filter(({ kind }) => fixtureOf(kind).imported);

it.each(located)('$kind $access of another region has a client for that region', async (one) => {
  const app = new App();
  const env = { region: 'eu-west-1', account: '111111111111' };
  const scope = new AssetFunction(new Stack(app, 'Stack', { env }), 'Fn', INLINE);
  const binding = asBindable(importedOf(one.kind, new Stack(app, 'Other')))!.bindingFor(one.access);
  const value = valueFor({ scope, isTyped: true }, 'it', binding);
  const { client } = one.need.connect(value) as { client: { config: { region: () => Promise<string> } } };
  expect(await client.config.region()).toBe('us-east-1');
});

describe.each(allAccesses())('$kind $access', ({ kind, access }) => {
  it('grants the actions in the table, and sets the variable', () => {
    const stack = newStack();
    bound(stack, resourceOf(kind, stack), access);
    expect(actionsIn(stack).sort()).toEqual([...new Set(ROWS.get(kind)!.actions[access])].sort());
    const variables = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
      .filter(([id]) => /^Fn[0-9A-F]{8}$/.test(id))
      .map(([, { Properties }]) => Object.keys(Properties.Environment.Variables));
    expect(variables).toEqual([[runtime.variableOf('it', kind)]]);
  });

  it('grants the use of the key of its resource: to readers to decrypt, to others to encrypt, too', () => {
    const stack = newStack();
    const key = new Key(stack, 'Key');
    bound(stack, resourceOf(kind, stack, key), access);
    const resources = Object.entries(Template.fromStack(stack).toJSON().Resources);
    const others = resources.filter(([id]) => !id.startsWith('Fn') && !id.startsWith('Key'));
    const isEncrypted = JSON.stringify(others).includes(stack.getLogicalId(key.node.defaultChild as CfnKey));
    const ofKeys = access.endsWith('read') ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey'];
    const actions = actionsIn(stack).filter((action) => action.startsWith('kms:'));
    expect(actions).toEqual(isEncrypted ? ofKeys : []);
  });

  it('explains its wildcards', () => {
    const findings = nagFindings((stack) => {
      const fn = new AssetFunction(stack, 'Fn', INLINE);
      const to = resourceOf(kind, stack);
      bindTo(fn, { it: isValue(to) ? { to } : { to, access } } as never);
    });
    expect(findings.filter((finding) => /IAM5.* at Stack\/Fn/.test(finding))).toEqual([]);
  });
});

it('a kind without a fixture is named', () => {
  expect(() => fixtureOf('unknown')).toThrow(
    'Tests of the kind of need unknown need test/bindings/kinds/unknown.ts, in the form of topic.ts there',
  );
});
