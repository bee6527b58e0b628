import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { App, Stack } from 'aws-cdk-lib/core';
import { type IApi, Site, UserDirectory } from 'cdk-trellis';
import { comment } from '../../../lib/site/private/global-names.js';
import { contractOf, folderOf } from '../support.js';

const source = folderOf({ 'index.html': '<!doctype html><title>Shop</title>' });

function templateIn(region: string, id = 'Shop', path: readonly string[] = []) {
  const stack = new Stack(new App(), id, { env: { region, account: '111111111111' } });
  new Site(stack, ['Site', ...path].join(''), { source });
  return Template.fromStack(stack);
}

it('the same site in two regions of an account has different names', () => {
  const namesIn = (region: string) => {
    const template = templateIn(region);
    const [headers] = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const [access] = Object.values(template.findResources('AWS::CloudFront::OriginAccessControl'));
    return [
      headers!.Properties.ResponseHeadersPolicyConfig.Name as string,
      access!.Properties.OriginAccessControlConfig.Name as string,
    ];
  };
  const [here, there] = [namesIn('eu-west-1'), namesIn('us-west-2')];
  expect(here.filter((name) => there.includes(name))).toEqual([]);
  expect(here.map((name) => name.length <= 64)).toEqual([true, true]);
});

it('comments have the maximum length of CloudFront', () => {
  expect(comment('Of ', 'Shop/Site')).toBe('Of Shop/Site');
  const long = comment('Security headers of ', `Shop/${'x'.repeat(200)}/Site`);
  expect([long.length, long.endsWith('x/Site')]).toEqual([128, true]);
});

it('a site calls its API and users in their own region', () => {
  const app = new App();
  const env = (region: string) => ({ env: { account: '111111111111', region }, crossRegionReferences: true });
  const [eu, us] = [new Stack(app, 'EU', env('eu-west-1')), new Stack(app, 'US', env('us-east-1'))];
  const users = new UserDirectory(eu, 'Users');
  const contract = contractOf('things', '/things');
  const restApi = new RestApi(eu, 'Api', { deployOptions: { stageName: 'api' } });
  restApi.root.addMethod('GET');
  const api = { contract, restApi } as unknown as IApi;
  new Site(us, 'Site', { source, apis: [api], users });
  const text = JSON.stringify(Template.fromStack(us).toJSON());
  expect(text).not.toContain('cognito-idp.us-east-1');
  expect(text).not.toContain('execute-api.us-east-1');
  expect(text).toContain('execute-api.eu-west-1');
});

it('sign-in is in the region of an imported user pool', () => {
  const stack = new Stack(new App(), 'US', { env: { account: '111111111111', region: 'us-east-1' } });
  const users = {
    userPoolArn: 'arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_AbC',
    clientIds: ['web'],
  };
  new Site(stack, 'Site', { source, users });
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  expect(text).toContain('https://cognito-idp.eu-west-1.');
  expect(text).not.toContain('cognito-idp.us-east-1');
});
