import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  GeoRestriction,
  LambdaEdgeEventType,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Version } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { Api, Site, type SiteProps, UserDirectory } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack, RECOMMENDED_FLAGS } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';
import { contractOf, folderOf } from './support.js';

const source = folderOf({ 'index.html': '<!doctype html><title>Shop</title>' });
const ordersApi = contractOf('orders', '/orders', '/orders/{orderId}', '/carts');
const productsApi = contractOf('products', '/products');

const published = (stack: Stack) =>
  [ordersApi, productsApi].map((api) =>
    Api.fromPublished(stack, api, `/shop/apis/${api === ordersApi ? 'orders' : 'products'}`),
  );

function templateWith(props: Partial<SiteProps> = {}, stack = newStack()): Template {
  new Site(stack, 'Site', { source, ...props });
  return Template.fromStack(stack);
}

const expectDistribution = (props: Partial<SiteProps>, config: object, stack = newStack()) =>
  templateWith(props, stack).hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike(config),
  });

const behavioursOf = (template: Template): any[] =>
  Object.values(template.findResources('AWS::CloudFront::Distribution'))[0]!.Properties.DistributionConfig
    .CacheBehaviors ?? [];

const policyOf = (props: Partial<SiteProps>): string => {
  const [policy] = Object.values(templateWith(props).findResources('AWS::CloudFront::ResponseHeadersPolicy'));
  const { ContentSecurityPolicy } = policy!.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig;
  return JSON.stringify(ContentSecurityPolicy.ContentSecurityPolicy);
};

const filesOf = (template: Template) =>
  Object.values(template.findResources('Custom::SiteContent'))[0]!.Properties;

describe('Site', () => {
  it('is private, encrypted, compressed, logged, alarmed and sends security headers by default', () => {
    const stack = newStack();
    new Site(stack, 'Site', { source });
    expect(templateRecord(stack)).toMatchSnapshot();
    Template.fromStack(stack).hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          ContentSecurityPolicy: {
            ContentSecurityPolicy: Match.stringLikeRegexp("^default-src 'self'; "),
            Override: true,
          },
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          ReferrerPolicy: { ReferrerPolicy: 'strict-origin-when-cross-origin', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 63072000, Override: true },
        },
      },
    });
  });

  it.each([
    ['alone', {}],
    ['with every recommended feature flag', RECOMMENDED_FLAGS],
  ])('has no findings of cdk-nag, %s', (_case, flags) => {
    const build = (stack: Stack) => {
      const users = new UserDirectory(stack, 'Users');
      new Site(stack, 'Site', { source, apis: published(stack), users });
    };
    expect(nagFindings(build, flags)).toEqual([]);
  });

  it('has no findings of cdk-nag with a custom domain', () => {
    const build = (stack: Stack) => new Site(stack, 'Site', { source, domain: domainIn(stack) });
    expect(nagFindings(build)).toEqual([]);
  });

  it('keeps the logical id of its bucket', () => {
    expect(Object.keys(templateWith().findResources('AWS::S3::Bucket'))).toEqual([
      'SiteBucket978D4AEB',
      'SiteLogsBCCC85C3',
    ]);
  });

  it('registers its URL for tools, also next to an API', () => {
    const stack = newStack();
    stack.templateOptions.metadata = { 'cdk-trellis': { apis: { orders: 'OrdersUrl' } } };
    const template = templateWith({}, stack).toJSON();
    const { site, apis } = template.Metadata['cdk-trellis'];
    expect(apis).toEqual({ orders: 'OrdersUrl' });
    expect(template.Outputs[site].Value['Fn::Join'][1][0]).toBe('https://');
  });
});

describe('the APIs of a site', () => {
  const stack = newStack();
  const template = templateWith({ apis: published(stack) }, stack);

  it('have behaviours for the first segments of their paths, without a cache', () => {
    expect(behavioursOf(template).map(({ PathPattern }) => PathPattern)).toEqual([
      '/api/orders',
      '/api/orders/*',
      '/api/carts',
      '/api/carts/*',
      '/api/products',
      '/api/products/*',
    ]);
    for (const behaviour of behavioursOf(template)) {
      expect(behaviour).toMatchObject({
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ViewerProtocolPolicy: 'https-only',
      });
      expect(behaviour.FunctionAssociations).toBeUndefined();
    }
  });

  it('are found by the parameters that other stacks publish', () => {
    template.hasParameter('*', {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/shop/apis/orders/rest-api-id',
    });
    expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
  });

  it('are shown by several sites of a stack', () => {
    const stack = newStack();
    for (const id of ['One', 'Two']) new Site(stack, id, { source, apis: published(stack) });
    Template.fromStack(stack).resourceCountIs('AWS::CloudFront::Distribution', 2);
  });

  it('have one origin each, and keep their error responses', () => {
    const [{ Properties }] = Object.values(template.findResources('AWS::CloudFront::Distribution')) as [any];
    const { Origins, CustomErrorResponses } = Properties.DistributionConfig;
    expect(Origins).toHaveLength(3);
    expect(Origins[1]).toMatchObject({
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
    });
    expect(Origins[1].OriginPath).toBeUndefined();
    expect(CustomErrorResponses).toBeUndefined();
  });

  it.each([
    [
      'two share a segment',
      ['/orders', '/orders/{id}/lines'],
      'must not share the first segment of their paths, got /orders of first and second',
    ],
    [
      'one begins with a parameter',
      ['/orders', '/{tenant}/orders'],
      'must have paths with a fixed first segment, got /{tenant} of second',
    ],
    ['one is at the root', ['/orders', '/'], 'must have paths with a fixed first segment, got / of second'],
  ] as const)('are rejected when %s', (_case, [first, second], message) => {
    const stack = newStack();
    const apis = [contractOf('first', first), contractOf('second', second)].map((api, at) =>
      Api.fromPublished(stack, api, `/shop/apis/${at}`),
    );
    expect(() => new Site(stack, 'Site', { source, apis })).toThrow(`\`apis\` ${message} (at Stack/Site)`);
  });
});

describe("a site's security policy", () => {
  it('allows the site itself', () => {
    expect(policyOf({})).toBe(
      JSON.stringify(
        "default-src 'self'; base-uri 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'; script-src 'self'; style-src 'self'",
      ),
    );
  });

  it('allows the sign-in endpoint of `users`', () => {
    const stack = newStack();
    const users = UserDirectory.fromPublished(stack, 'Users', '/shop/users');
    new Site(stack, 'Site', { source, users });
    const text = JSON.stringify(
      Template.fromStack(stack).findResources('AWS::CloudFront::ResponseHeadersPolicy'),
    );
    expect(text).toContain(`connect-src 'self' https://cognito-idp.`);
  });

  it('replaces its directives by those of `contentSecurityPolicy`', () => {
    const policy = policyOf({
      contentSecurityPolicy: { 'img-src': ['https://images.example.com'], 'form-action': [] },
    });
    expect(policy).toContain('img-src https://images.example.com;');
    expect(policy).not.toContain('form-action');
  });

  it('adds to a directive by a function, sets those without a value, and removes others', () => {
    const stack = newStack();
    const users = UserDirectory.fromPublished(stack, 'Users', '/shop/users');
    const add = (sources: readonly string[]) => [...sources, 'https://api.stripe.com'];
    const contentSecurityPolicy = {
      'connect-src': add,
      'font-src': add,
      'upgrade-insecure-requests': true,
      'form-action': false,
      sandbox: ['allow-scripts'],
    };
    new Site(stack, 'Site', { source, users, contentSecurityPolicy });
    const text = JSON.stringify(
      Template.fromStack(stack).findResources('AWS::CloudFront::ResponseHeadersPolicy'),
    );
    expect(text).toMatch(/connect-src 'self' https:\/\/cognito-idp\..* https:\/\/api\.stripe\.com;/);
    expect(text).toContain(
      "font-src 'self' https://api.stripe.com; upgrade-insecure-requests; sandbox allow-scripts",
    );
    expect(text).not.toContain('form-action');
  });

  it.each([
    [{ 'img-src': ['self'] }, '"self"'],
    [{ 'img-src': ["'self' data:"] }, '"\'self\' data:"'],
    [{ imgSrc: ["'self'"] }, 'directives of a content security policy'],
    [{ 'script-scr': ["'self'"] }, 'got "script-scr"'],
    [{ 'script-src': ['strict-dynamic'] }, '"strict-dynamic"'],
    [{ 'script-src': ['sha256-abc='] }, '"sha256-abc="'],
    [{ 'script-src': [''] }, 'got ""'],
  ])('rejects %j, which browsers would ignore', (contentSecurityPolicy, message) => {
    expect(() => policyOf({ contentSecurityPolicy: contentSecurityPolicy as any })).toThrow(message);
  });
});

describe('the inline scripts of a site', () => {
  const warningsOf = (html: string, contentSecurityPolicy = {}) => {
    const stack = newStack();
    const folder = folderOf({ 'index.html': '<script src="/a.js"></script>', 'b.html': html });
    templateWith({ source: folder, contentSecurityPolicy }, stack);
    const isInline = Match.stringLikeRegexp('b.html has an inline script');
    return Annotations.fromStack(stack).findWarning('/Stack/Site', isInline).length;
  };
  const INLINE = '<script>start()</script>';

  it.each([INLINE, '<SCRIPT type="module">start()', "<script defer type='text/javascript'>"])(
    'are warned of, because the security policy blocks them: %s',
    (html) => expect(warningsOf(html)).toBe(1),
  );

  it.each<[string, object]>([
    ['<script type="application/ld+json">{}</script>', {}],
    ['<script type="module" crossorigin src="/b.js"></script>', {}],
    [INLINE, { 'script-src': ["'self'", "'unsafe-inline'"] }],
    [INLINE, { 'script-src': ["'sha256-abc='"] }],
    [INLINE, { 'script-src': [], 'default-src': [] }],
  ])('are no reason for a warning where none is blocked: %s, %j', (html, policy) =>
    expect(warningsOf(html, policy)).toBe(0),
  );
});

describe("a site's headers", () => {
  const headersOf = (props: Partial<SiteProps>) => {
    const [policy] = Object.values(
      templateWith(props).findResources('AWS::CloudFront::ResponseHeadersPolicy'),
    );
    return policy!.Properties.ResponseHeadersPolicyConfig;
  };

  it('leave subdomains, which may belong to other owners, without HSTS', () => {
    expect(headersOf({}).SecurityHeadersConfig.StrictTransportSecurity).toEqual({
      AccessControlMaxAgeSec: 63072000,
      Override: true,
    });
  });

  it('are changed one by one by `headersPolicy`', () => {
    const headersPolicy = {
      responseHeadersPolicyName: 'mine',
      securityHeadersBehavior: {
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(1),
          includeSubdomains: true,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Opener-Policy', value: 'same-origin-allow-popups', override: true },
          { header: 'x-mine', value: '1', override: true },
        ],
      },
    };
    const { Name, SecurityHeadersConfig, CustomHeadersConfig } = headersOf({ headersPolicy });
    expect(Name).toBe('mine');
    expect(SecurityHeadersConfig).toMatchObject({
      StrictTransportSecurity: { AccessControlMaxAgeSec: 86400, IncludeSubdomains: true },
      FrameOptions: { FrameOption: 'DENY' },
      ContentSecurityPolicy: {},
    });
    expect(CustomHeadersConfig.Items.map(({ Header, Value }: any) => [Header, Value])).toEqual([
      ['permissions-policy', expect.stringContaining('camera=()')],
      ['Cross-Origin-Opener-Policy', 'same-origin-allow-popups'],
      ['x-mine', '1'],
    ]);
  });

  it.each([
    [["'self'"], { FrameOption: 'SAMEORIGIN', Override: true }],
    [['https://partner.example'], undefined],
  ])('for frames follow `frame-ancestors` %j', (ancestors, frameOptions) => {
    const contentSecurityPolicy = { 'frame-ancestors': ancestors };
    expect(headersOf({ contentSecurityPolicy }).SecurityHeadersConfig.FrameOptions).toEqual(frameOptions);
  });

  it('of a policy of the distribution are also those of the APIs', () => {
    const stack = newStack();
    const first = new Site(stack, 'First', { source });
    const responseHeadersPolicy = first.headers;
    const distribution = { defaultBehavior: { responseHeadersPolicy } };
    const second = new Site(stack, 'Second', { source, apis: published(stack), distribution });
    expect(second.headers).toBe(first.headers);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudFront::ResponseHeadersPolicy', 1);
    const id = stack.resolve(first.headers.responseHeadersPolicyRef.responseHeadersPolicyId);
    const [, config] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
    const { CacheBehaviors } = config!.Properties.DistributionConfig;
    expect(CacheBehaviors.map((behaviour: any) => behaviour.ResponseHeadersPolicyId)).toEqual(
      Array(6).fill(id),
    );
    expect(() => new Site(stack, 'Third', { source, distribution, contentSecurityPolicy: {} })).toThrow(
      '`contentSecurityPolicy` must not be set together with',
    );
  });
});

describe('the content of a site', () => {
  it('is deployed with the configuration of the page', () => {
    const stack = newStack();
    const users = UserDirectory.fromPublished(stack, 'Users', '/shop/users');
    const template = templateWith({ apis: published(stack), users, configuration: { beta: true } }, stack);
    const [, parts] = filesOf(template).configuration['Fn::Join'];
    const text = parts.map((part: unknown) => (typeof part === 'string' ? part : 'VALUE')).join('');
    expect(JSON.parse(text)).toEqual({
      apis: { orders: '/api', products: '/api' },
      users: { endpoint: 'https://cognito-idp.VALUE.VALUE', userPoolId: 'VALUE', clientId: 'VALUE' },
      beta: true,
    });
  });

  it('limits the time CloudFormation waits to that of its function', () => {
    const template = templateWith();
    expect(filesOf(template).ServiceTimeout).toBe('960');
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 900 });
  });

  it('is deployed by a function with least privilege', () => {
    const template = templateWith();
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const statements: any[] = policy!.Properties.PolicyDocument.Statement;
    expect(statements.map(({ Action }) => Action)).toEqual([
      's3:GetObject',
      's3:ListBucket',
      ['s3:PutObject', 's3:DeleteObject'],
      'cloudfront:CreateInvalidation',
    ]);
    expect(JSON.stringify(statements)).not.toContain('"Resource":"*"');
  });

  it.each([
    ['is retained with its stack', {}, 'false', 'RetainExceptOnCreate'],
    ['is deleted with the stack of an ephemeral app', { 'trellis:ephemeral': true }, 'true', 'Delete'],
  ])('%s', (_case, context, ephemeral, DeletionPolicy) => {
    const template = templateWith({}, newStack(context));
    expect(filesOf(template).ephemeral).toBe(ephemeral);
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy });
  });

  it('keeps replaced files for `keepReplaced`', () => {
    expect(filesOf(templateWith({ keepReplaced: Duration.days(7) })).keepReplacedDays).toBe('7');
  });

  it('follows `hashedFolders` and `fileHeaders`, and warns of those without a file', () => {
    const stack = newStack();
    const folder = folderOf({ 'index.html': '', '_astro/a.js': '', 'b.br': '' });
    const fileHeaders = { '*.br': { contentEncoding: 'br' }, '*.wasm': { contentType: 'application/wasm' } };
    const props = { source: folder, hashedFolders: ['/_astro', './static/'], fileHeaders };
    expect(JSON.parse(filesOf(templateWith(props, stack)).rules)).toEqual({
      hashedFolders: ['_astro/', 'static/'],
      fileHeaders,
    });
    const warnings = Annotations.fromStack(stack).findWarning(
      '/Stack/Site',
      Match.stringLikeRegexp('no such file'),
    );
    expect(warnings.map(({ entry }) => String(entry.data).split(',')[0])).toEqual([
      '`hashedFolders` has "static/"',
      '`fileHeaders` has "*.wasm"',
    ]);
  });

  it('is deployed by a function with the options of `contentFunction`', () => {
    const template = templateWith({ contentFunction: { memorySize: 3008, timeout: Duration.minutes(5) } });
    template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 3008, Timeout: 300 });
    expect(filesOf(template).ServiceTimeout).toBe('360');
  });

  it.each([
    [
      'does not exist',
      '/nowhere',
      '`source` must be the folder with the built site, got /nowhere. Build the site first',
    ],
    ['has no index.html', folderOf({ 'main.js': '' }), '`source` must have an index.html'],
    [
      'has a file that the deployment writes',
      folderOf({ 'index.html': '', 'config.json': '{}' }),
      '`source` must not have a config.json',
    ],
  ])('is rejected when the folder %s', (_case, folder, message) => {
    expect(() => templateWith({ source: folder })).toThrow(message);
  });

  it('rejects a reserved name in `configuration`', () => {
    expect(() => templateWith({ configuration: { users: 1 } })).toThrow(
      '`configuration` must not have "users", which the site sets from its `users` (at Stack/Site)',
    );
  });
});

describe("a site's alarm", () => {
  it('exists in the region of the metrics only', () => {
    templateWith().hasResource('AWS::CloudWatch::Alarm', { Condition: 'SiteHasMetricsE16FEBEF' });
    const inRegion = (region: string) =>
      new Stack(new App(), 'Stack', { env: { region, account: '1'.repeat(12) } });
    const [home, away] = [inRegion('us-east-1'), inRegion('eu-west-1')];
    templateWith({}, home).resourceCountIs('AWS::CloudWatch::Alarm', 1);
    templateWith({}, away).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    Annotations.fromStack(away).hasWarning('/Stack/Site', Match.stringLikeRegexp('metrics are in us-east-1'));
    Annotations.fromStack(away).hasWarning(
      '/Stack/Site',
      Match.stringLikeRegexp('crossRegionReferences: true'),
    );
  });

  it('has a threshold and a topic, or is off', () => {
    const stack = newStack();
    const topic = new Topic(stack, 'Topic');
    templateWith({ alarms: { serverErrorPercent: 5, topic } }, stack).hasResourceProperties(
      'AWS::CloudWatch::Alarm',
      {
        Threshold: 5,
        MetricName: '5xxErrorRate',
        AlarmActions: [Match.anyValue()],
      },
    );
    templateWith({ alarms: false }).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});

describe('the properties of a site', () => {
  it('`domain` sets its name, with the certificate and records in the zone', () => {
    const stack = newStack();
    const template = templateWith({ domain: domainIn(stack) }, stack);
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Aliases: ['shop.example.com'],
        ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
      }),
    });
    for (const Type of ['A', 'AAAA'])
      template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'shop.example.com.', Type });
  });

  it('`domain.aliases` are further names, with records', () => {
    const stack = newStack();
    const domain = { ...domainIn(stack), aliases: ['www.example.com'] };
    const template = templateWith({ domain }, stack);
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({ Aliases: ['shop.example.com', 'www.example.com'] }),
    });
    for (const Type of ['A', 'AAAA'])
      template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'www.example.com.', Type });
  });

  it.each(['https://shop.example.com/', 'Shop.example.com', 'localhost'])(
    '`domain` rejects the name %s',
    (name) => {
      const stack = newStack();
      expect(() => templateWith({ domain: { ...domainIn(stack), name } }, stack)).toThrow(
        `\`domain\` must have host names in lower case like shop.example.com, got "${name}" (at Stack/Site)`,
      );
    },
  );

  it('`domain.certificate` of another region is rejected', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-central-1', account: '1'.repeat(12) } });
    const certificate = new Certificate(stack, 'Own', { domainName: 'shop.example.com' });
    expect(() => templateWith({ domain: { name: 'shop.example.com', certificate } }, stack)).toThrow(
      '`domain.certificate` must be in us-east-1, the only region that CloudFront supports, got eu-central-1',
    );
  });

  it('`distribution` overrides the defaults, and adds to the behaviours of the APIs', () => {
    const stack = newStack();
    const origin = new HttpOrigin('images.example.com');
    const template = templateWith(
      {
        apis: published(stack),
        distribution: {
          geoRestriction: GeoRestriction.allowlist('SE'),
          defaultBehavior: { compress: false },
          additionalBehaviors: { '/images/*': { origin } },
        },
      },
      stack,
    );
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Locations: ['SE'] } },
        DefaultCacheBehavior: Match.objectLike({
          Compress: false,
          ViewerProtocolPolicy: 'redirect-to-https',
        }),
      }),
    });
    expect(behavioursOf(template)).toHaveLength(7);
  });

  it('`distribution.defaultBehavior` adds functions to the one that finds pages', () => {
    const stack = newStack();
    const headers = new EdgeFunction(stack, 'Headers', { code: FunctionCode.fromInline('') });
    const functionAssociations = [{ function: headers, eventType: FunctionEventType.VIEWER_RESPONSE }];
    expectDistribution(
      { distribution: { defaultBehavior: { functionAssociations } } },
      {
        DefaultCacheBehavior: Match.objectLike({
          FunctionAssociations: [
            Match.objectLike({ EventType: 'viewer-request' }),
            Match.objectLike({ EventType: 'viewer-response' }),
          ],
        }),
      },
      stack,
    );
  });

  it('`viewerRequest.code` runs before the function that finds pages', () => {
    const code = FunctionCode.fromInline('function handler(event) { return event.request; } // mine');
    templateWith({ viewerRequest: { code, functionName: 'pages' } }).hasResourceProperties(
      'AWS::CloudFront::Function',
      { Name: 'pages', FunctionCode: Match.stringLikeRegexp('// mine[^]*await before\\(event\\)') },
    );
  });

  it.each([
    [
      'a function for the same event',
      (stack: Stack) => ({
        functionAssociations: [
          {
            function: new EdgeFunction(stack, 'Auth', { code: FunctionCode.fromInline('') }),
            eventType: FunctionEventType.VIEWER_REQUEST,
          },
        ],
      }),
      'Pass its code as `viewerRequest: { code }`',
    ],
    [
      'an edge function for a viewer event',
      (stack: Stack) => ({
        edgeLambdas: [
          {
            functionVersion: Version.fromVersionArn(
              stack,
              'Auth',
              `arn:aws:lambda:us-east-1:${'1'.repeat(12)}:function:auth:1`,
            ),
            eventType: LambdaEdgeEventType.VIEWER_REQUEST,
          },
        ],
      }),
      'must not have viewer events',
    ],
  ])('rejects %s', (_case, defaultBehavior, message) => {
    const stack = newStack();
    const distribution = { defaultBehavior: defaultBehavior(stack) };
    expect(() => templateWith({ distribution }, stack)).toThrow(message);
  });

  it('a page of its own for missing files is served where nothing else would lose its responses', () => {
    const withPage = folderOf({ 'index.html': '', '404.html': '' });
    const config = {
      CustomErrorResponses: [{ ErrorCode: 404, ResponseCode: 404, ResponsePagePath: '/404.html' }],
    };
    expectDistribution({ source: withPage }, config);
    const none = { CustomErrorResponses: Match.absent() };
    expectDistribution({}, none);
    const stack = newStack();
    expectDistribution({ source: withPage, apis: published(stack) }, none, stack);
  });

  it('`distribution.errorResponses` warns that APIs lose theirs', () => {
    const stack = newStack();
    const errorResponses = [{ httpStatus: 404, responsePagePath: '/404.html' }];
    templateWith({ apis: published(stack), distribution: { errorResponses } }, stack);
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('APIs with status 404 by a page'));
  });

  it('`bucket` overrides the defaults', () => {
    templateWith({ bucket: { bucketName: 'shop-pages' } }).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'shop-pages',
    });
  });

  it('`bucket.encryptionKey` encrypts the bucket', () => {
    const stack = newStack();
    const key = new Key(stack, 'Key');
    templateWith({ bucket: { encryptionKey: key } }, stack).hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) },
        ],
      },
    });
  });

  it('`distribution.logBucket` replaces the bucket of the access logs, and `logRetention` sets their retention', () => {
    const stack = newStack();
    const logBucket = Bucket.fromBucketName(stack, 'Central', 'central-logs');
    expectDistribution({ distribution: { logBucket } }, { Logging: Match.objectLike({}) }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
    templateWith({ logRetention: Duration.days(7) }).hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 7 })] },
    });
  });
});

function domainIn(stack: Stack) {
  return {
    name: 'shop.example.com',
    certificate: Certificate.fromCertificateArn(
      stack,
      'Certificate',
      `arn:aws:acm:us-east-1:${'1'.repeat(12)}:certificate/1`,
    ),
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z1',
      zoneName: 'example.com',
    }),
  };
}
