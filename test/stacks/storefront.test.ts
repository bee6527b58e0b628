import { Template } from 'aws-cdk-lib/assertions';
import { App, type Stack } from 'aws-cdk-lib/core';
import { PlatformStack } from '../../stacks/platform.js';
import { ProductsStack } from '../../stacks/products.js';
import { UsersStack } from '../../stacks/users.js';
import { nagFindings } from '../support/nag.js';
import { RECOMMENDED_FLAGS, stableTemplate } from '../support/template.js';

const stacks = (context: Record<string, unknown> = {}) => {
  const app = new App({ context });
  return {
    platform: new PlatformStack(app, 'Platform'),
    products: new ProductsStack(app, 'Products'),
    users: new UsersStack(app, 'Users'),
  };
};

const stateful = (stack: Stack) =>
  Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>)
    .filter(([, { Type }]) => /DynamoDB|UserPool$/.test(Type))
    .map(([id]) => id);

describe('the storefront', () => {
  it('has the platform', () => {
    expect(stableTemplate(stacks().platform)).toMatchSnapshot();
  });

  it('has the products service', () => {
    expect(stableTemplate(stacks().products)).toMatchSnapshot();
  });

  it('has the users service', () => {
    expect(stableTemplate(stacks().users)).toMatchSnapshot();
  });

  it('keeps the logical ids of what holds data', () => {
    expect(Object.values(stacks()).map(stateful)).toEqual([
      ['UsersPoolBFC35D3B'],
      ['ProductsTableEB101A78', 'ReservationsTable380C1AD4'],
      ['ProfilesTable43079065'],
    ]);
  });

  it('exports nothing from one stack to another', () => {
    for (const stack of Object.values(stacks())) {
      const text = JSON.stringify(Template.fromStack(stack).toJSON());
      expect(text).not.toContain('Fn::ImportValue');
      expect(text).not.toContain('"Export"');
    }
  });

  it('synthesizes with every recommended feature flag, and cdk-nag has nothing to say', () => {
    const findings = nagFindings((stack) => {
      new PlatformStack(stack, 'Platform');
      new ProductsStack(stack, 'Products');
      new UsersStack(stack, 'Users');
    }, RECOMMENDED_FLAGS);
    expect(findings).toEqual([]);
  });

  it('is the same for the local cloud, but for what happens to its data', () => {
    const masked = (stack: Stack) =>
      JSON.stringify(stableTemplate(stack), (key, value) =>
        ['DeletionPolicy', 'UpdateReplacePolicy', 'DeletionProtection', 'DeletionProtectionEnabled'].includes(
          key,
        )
          ? undefined
          : value,
      );
    const [aws, local] = [stacks(), stacks({ target: 'local' })];
    expect(Object.values(local).map(masked)).toEqual(Object.values(aws).map(masked));
  });
});
