import { Template } from 'aws-cdk-lib/assertions';
import { DomainName } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Stack } from 'aws-cdk-lib/core';
import { newStack } from '../support/template.js';
import { addDesk, addUsers } from './desk/desk.js';

const certificateOf = (stack: Stack) =>
  Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:123456789012:certificate/abc');

function twoStacks() {
  const one = newStack();
  const other = new Stack(one.node.root as never, 'Other');
  return { one, other };
}

it('several APIs share a domain, each with its own base path', () => {
  const { one, other } = twoStacks();
  const domainName = new DomainName(one, 'Domain', {
    domainName: 'api.example.com',
    certificate: certificateOf(one),
  });
  const v1 = addDesk(one, addUsers(one), { domain: { domainName, basePath: 'v1' } });
  const v2 = addDesk(other, addUsers(other), { domain: { domainName, basePath: 'shop/v2' } });
  const [first, second] = [Template.fromStack(one), Template.fromStack(other)];
  first.resourceCountIs('AWS::ApiGateway::DomainName', 1);
  first.hasResourceProperties('AWS::ApiGateway::BasePathMapping', { BasePath: 'v1' });
  second.resourceCountIs('AWS::ApiGateway::DomainName', 0);
  second.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', { ApiMappingKey: 'shop/v2' });
  expect([v1.url, v2.url].map((url) => one.resolve(url))).toHaveLength(2);
  expect(JSON.stringify(one.resolve(v1.url))).toContain('/v1/');
});

it('rejects the same name for two APIs, with the remedy', () => {
  const { one, other } = twoStacks();
  const name = 'api.example.com';
  addDesk(one, addUsers(one), { domain: { name, certificate: certificateOf(one), basePath: 'v1' } });
  expect(() =>
    addDesk(other, addUsers(other), { domain: { name, certificate: certificateOf(other), basePath: 'v2' } }),
  ).toThrow(
    /`domain.name` must belong to one API, got api.example.com, which .* has already\. To share it, create one DomainName .* \(at Other\/.*\)/,
  );
});

it('validates the base path of a shared domain', () => {
  const stack = newStack();
  const domainName = DomainName.fromDomainNameAttributes(stack, 'Domain', {
    domainName: 'api.example.com',
    domainNameAliasHostedZoneId: 'Z1',
    domainNameAliasTarget: 'd.execute-api.eu-west-1.amazonaws.com',
  });
  expect(() => addDesk(stack, addUsers(stack), { domain: { domainName, basePath: '/v1' } })).toThrow(
    '`domain.basePath` must be like orders or shop/orders, got "/v1"',
  );
});
