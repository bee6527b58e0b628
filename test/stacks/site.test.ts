import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { SiteStack } from '../../stacks/site.js';
import { folderOf } from '../site/support.js';
import { nagFindings } from '../support/nag.js';
import { RECOMMENDED_FLAGS } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';

const source = folderOf({ 'index.html': '<!doctype html>' });

describe("the storefront's site", () => {
  const stack = new SiteStack(new App(), 'Site', { source });
  const template = Template.fromStack(stack);

  it('matches its record, with the logical ids of stateful resources', () => {
    expect(templateRecord(stack)).toMatchSnapshot();
  });

  it('has every service at one URL, and signs in with the users of the platform', () => {
    const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
    const { CacheBehaviors } = distribution!.Properties.DistributionConfig;
    const segments = CacheBehaviors.map(({ PathPattern }: any) => PathPattern.split('/')[2]);
    expect([...new Set(segments)].sort()).toEqual(['inbox', 'me', 'orders', 'products']);
    template.hasParameter('*', { Default: '/storefront/users/user-pool-arn' });
  });

  it('imports nothing from another stack', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
  });

  it('has no findings of cdk-nag with every recommended feature flag', () => {
    expect(nagFindings((stack) => new SiteStack(stack, 'Site', { source }), RECOMMENDED_FLAGS)).toEqual([]);
  });
});
