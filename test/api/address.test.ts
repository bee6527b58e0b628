import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import type { ApiDomainOptions, WebAclOptions } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps } from './desk/desk.js';

const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/abc';
const certificateOf = (stack: Stack) => Certificate.fromCertificateArn(stack, 'Certificate', arn);

function withDomain(domain: Partial<ApiDomainOptions> = {}, more: Partial<DeskProps> = {}, context = {}) {
  const stack = newStack(context);
  const api = addDesk(stack, addUsers(stack), {
    domain: { name: 'api.example.com', certificate: certificateOf(stack), ...domain },
    ...more,
  });
  return { stack, api, template: Template.fromStack(stack) };
}

const restApi = (template: Template): any =>
  Object.values(template.findResources('AWS::ApiGateway::RestApi'))[0]!.Properties;

describe('a domain', () => {
  it('maps to the stage, requires TLS 1.2, and disables the default endpoint', () => {
    const { template, api } = withDomain();
    template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'api.example.com',
      RegionalCertificateArn: arn,
      SecurityPolicy: 'TLS_1_2',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
      Stage: { Ref: Match.stringLikeRegexp('Stage') },
      BasePath: Match.absent(),
    });
    expect(restApi(template)).toMatchObject({
      DisableExecuteApiEndpoint: true,
      Body: { 'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: true } },
    });
    expect(api.url).toBe('https://api.example.com/');
  });

  it('is the URL that tools find in the metadata', () => {
    const { template } = withDomain({ basePath: 'desk' });
    const { Metadata, Outputs } = template.toJSON();
    expect(Outputs[Metadata['cdk-trellis'].apis.desk].Value).toBe('https://api.example.com/desk/');
  });

  it('does not replace the default endpoint on an emulator, which resolves no custom domain', () => {
    const { template } = withDomain({}, {}, { target: 'local' });
    const { Metadata } = template.toJSON();
    expect(restApi(template)).not.toHaveProperty('DisableExecuteApiEndpoint');
    expect(Metadata['cdk-trellis'].apis.desk).toMatch(/Endpoint/);
  });

  it('has a record in the hosted zone', () => {
    const stack = newStack();
    const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z1',
      zoneName: 'example.com',
    });
    const domain = { name: 'api.example.com', certificate: certificateOf(stack), hostedZone };
    addDesk(stack, addUsers(stack), { domain });
    Template.fromStack(stack).hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'api.example.com.',
      Type: 'A',
      AliasTarget: { DNSName: Match.anyValue() },
    });
  });

  it('has a base path of one or several segments', () => {
    withDomain({ basePath: 'desk' }).template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
      BasePath: 'desk',
    });
    const { template, api } = withDomain({ basePath: 'shop/desk' });
    template.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', { ApiMappingKey: 'shop/desk' });
    expect(api.url).toBe('https://api.example.com/shop/desk/');
  });

  it('has the security policy of `securityPolicy`', () => {
    const { TLS13_1_2_PFS_PQ_2025_09: securityPolicy } = SecurityPolicy;
    withDomain({ securityPolicy }).template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
    });
  });

  it('requires client certificates with `mutualTls`', () => {
    const stack = newStack();
    const bucket = Bucket.fromBucketName(stack, 'Trust', 'trust');
    addDesk(stack, addUsers(stack), {
      domain: {
        name: 'api.example.com',
        certificate: certificateOf(stack),
        mutualTls: { bucket, key: 'truststore.pem', version: '7' },
      },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::DomainName', {
      MutualTlsAuthentication: { TruststoreUri: 's3://trust/truststore.pem', TruststoreVersion: '7' },
    });
  });

  it('keeps the default endpoint if `restApi` sets `disableExecuteApiEndpoint: false`', () => {
    const { template } = withDomain({}, { restApi: { disableExecuteApiEndpoint: false } });
    expect(restApi(template).DisableExecuteApiEndpoint).toBe(false);
    expect(restApi(template).Body).not.toHaveProperty(['x-amazon-apigateway-endpoint-configuration']);
  });

  it('has no findings of cdk-nag', () => {
    expect(
      nagFindings((stack) =>
        addDesk(stack, addUsers(stack), {
          domain: { name: 'api.example.com', certificate: certificateOf(stack) },
        }),
      ),
    ).toEqual([]);
  });

  it.each<[string, Partial<ApiDomainOptions>, string]>([
    [
      'a name that is a URL',
      { name: 'https://api.example.com' },
      '`domain.name` must be a host name like api.example.com in lower case, got "https://api.example.com" (at Stack/Api)',
    ],
    ['a name in upper case', { name: 'Api.example.com' }, 'got "Api.example.com"'],
    [
      'a base path with a leading slash',
      { basePath: '/desk' },
      '`domain.basePath` must be like orders or shop/orders, got "/desk"',
    ],
    [
      'TLS 1.0',
      { securityPolicy: SecurityPolicy.TLS_1_0 },
      '`domain.securityPolicy` must be TLS 1.2 or later, got TLS_1_0',
    ],
  ])('rejects %s', (_case, domain, message) => {
    expect(() => withDomain(domain)).toThrow(message);
  });

  it('rejects `publishAs`, which requires the default endpoint', () => {
    const publishAs = '/desk/api';
    expect(() => withDomain({}, { publishAs })).toThrow(
      '`publishAs` requires the default endpoint, which `domain` disables',
    );
    const restApi = { disableExecuteApiEndpoint: false };
    expect(() => withDomain({}, { publishAs, restApi })).not.toThrow();
  });
});

describe('a web ACL', () => {
  const templateOf = (webAcl?: WebAclOptions) => {
    const stack = newStack();
    addDesk(stack, addUsers(stack), { webAcl });
    return Template.fromStack(stack);
  };

  it('is not created by default, because of its cost', () => {
    templateOf().resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  it('limits each IP address and has the common rules of AWS without the limit of bodies to 8 KB', () => {
    const template = templateOf(true);
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        Match.objectLike({
          Action: { Block: {} },
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000, EvaluationWindowSec: 300 },
          },
        }),
        Match.objectLike({
          OverrideAction: { None: {} },
          Statement: {
            ManagedRuleGroupStatement: {
              VendorName: 'AWS',
              Name: 'AWSManagedRulesCommonRuleSet',
              RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
            },
          },
        }),
      ],
    });
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: { 'Fn::Join': ['', Match.arrayWith(['/stages/'])] },
    });
  });

  it('masks tokens, cookies and keys in sampled requests', () => {
    const [acl] = Object.values(templateOf(true).findResources('AWS::WAFv2::WebACL'));
    const fields = acl!.Properties.DataProtectionConfig.DataProtections.map(
      ({ Field }: any) => Field.FieldKeys[0],
    );
    expect(fields).toEqual(['authorization', 'cookie', 'x-api-key']);
  });

  it('counts instead of blocking with `countOnly`, and has a higher limit with `requestsPerAddress`', () => {
    templateOf({ countOnly: true, requestsPerAddress: 9000 }).hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: [
        Match.objectLike({
          Action: { Count: {} },
          Statement: { RateBasedStatement: Match.objectLike({ Limit: 9000 }) },
        }),
        Match.objectLike({ OverrideAction: { Count: {} } }),
      ],
    });
  });

  it('may be an existing one', () => {
    const template = templateOf({ arn: 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/x/y' });
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/x/y',
    });
  });

  it('has no findings of cdk-nag', () => {
    expect(nagFindings((stack) => addDesk(stack, addUsers(stack), { webAcl: true }))).toEqual([]);
  });

  it('rejects a limit that WAF does not allow', () => {
    expect(() => templateOf({ requestsPerAddress: 5 })).toThrow(
      '`webAcl.requestsPerAddress` must be a whole number from 10 to 2,000,000,000, got 5',
    );
  });
});
