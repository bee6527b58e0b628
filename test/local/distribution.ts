import { request } from 'node:http';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Emulator, inlineFunction, type Template } from './emulator.js';
import { IAM_SCHEME } from './resources.js';

const HANDLER = `exports.handler = async ({ httpMethod, path, headers, queryStringParameters: query, body }) => ({
  statusCode: path === '/orders/none' ? 404 : 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ httpMethod, path, query, body, host: headers.host, authorization: headers.authorization }),
});`;

const VIEWER_REQUEST = `function handler(event) {
  const request = event.request;
  if (request.uri === '/teapot') return { statusCode: 418, headers: { 'x-by': { value: 'function' } }, body: 'short' };
  if (!/\\.[^/]*$/.test(request.uri)) request.uri = '/index.html';
  return request;
}`;

const integration = {
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: { 'Fn::Sub': 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Api.Arn}/invocations' },
};

const API_BEHAVIOUR = {
  TargetOriginId: 'api',
  ViewerProtocolPolicy: 'https-only',
  AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
  Compress: true,
  // CachingDisabled and AllViewerExceptHostHeader.
  CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
};

const OWN_DISTRIBUTION = {
  StringEquals: {
    'AWS:SourceArn': { 'Fn::Sub': 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Distribution}' },
  },
};

/** A site and an API behind one distribution: what a `Site` makes, without its deployment. */
export const DISTRIBUTION: Template = {
  Resources: {
    ...inlineFunction('Api', HANDLER),
    RestApi: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: {
        Body: {
          openapi: '3.0.1',
          info: { title: 'orders', version: '1' },
          components: {
            securitySchemes: {
              iam: IAM_SCHEME,
            },
          },
          paths: {
            '/orders': {
              'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': integration },
            },
            '/orders/own': {
              get: {
                security: [{ iam: [] }],
                'x-amazon-apigateway-integration': integration,
              },
            },
            '/orders/{id}': { get: { 'x-amazon-apigateway-integration': integration } },
          },
        },
      },
    },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'RestApi' } } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'RestApi' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'api' },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'Api' },
        Principal: 'apigateway.amazonaws.com',
      },
    },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'pages' } },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: 'pages',
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: 'arn:aws:s3:::pages/*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
            {
              Effect: 'Allow',
              Principal: { Service: 'cloudfront.amazonaws.com' },
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::pages/site/*',
              Condition: OWN_DISTRIBUTION,
            },
            {
              Effect: 'Allow',
              Principal: { Service: 'cloudfront.amazonaws.com' },
              Action: 's3:ListBucket',
              Resource: 'arn:aws:s3:::pages',
              Condition: OWN_DISTRIBUTION,
            },
          ],
        },
      },
    },
    Access: {
      Type: 'AWS::CloudFront::OriginAccessControl',
      Properties: {
        OriginAccessControlConfig: {
          Name: 'access',
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    },
    ViewerRequest: {
      Type: 'AWS::CloudFront::Function',
      Properties: {
        Name: 'viewer-request',
        AutoPublish: true,
        FunctionCode: VIEWER_REQUEST,
        FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
      },
    },
    Headers: {
      Type: 'AWS::CloudFront::ResponseHeadersPolicy',
      Properties: {
        ResponseHeadersPolicyConfig: {
          Name: 'headers',
          SecurityHeadersConfig: {
            ContentSecurityPolicy: {
              ContentSecurityPolicy: "connect-src 'self' https://cognito-idp.us-east-1.amazonaws.com",
              Override: true,
            },
            ContentTypeOptions: { Override: true },
          },
        },
      },
    },
    Distribution: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Enabled: true,
          DefaultRootObject: 'index.html',
          Origins: [
            {
              Id: 'site',
              DomainName: 'pages.s3.us-east-1.amazonaws.com',
              OriginPath: '/site',
              OriginAccessControlId: { 'Fn::GetAtt': ['Access', 'Id'] },
              S3OriginConfig: { OriginAccessIdentity: '' },
            },
            {
              Id: 'api',
              DomainName: { 'Fn::Sub': '${RestApi}.execute-api.${AWS::Region}.amazonaws.com' },
              CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
            },
          ],
          DefaultCacheBehavior: {
            TargetOriginId: 'site',
            ViewerProtocolPolicy: 'redirect-to-https',
            AllowedMethods: ['GET', 'HEAD'],
            Compress: true,
            // CachingOptimized.
            CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
            ResponseHeadersPolicyId: { Ref: 'Headers' },
            FunctionAssociations: [
              {
                EventType: 'viewer-request',
                FunctionARN: { 'Fn::GetAtt': ['ViewerRequest', 'FunctionARN'] },
              },
            ],
          },
          CacheBehaviors: [
            { PathPattern: '/api/orders', ...API_BEHAVIOUR },
            { PathPattern: '/api/orders/*', ...API_BEHAVIOUR },
          ],
        },
      },
    },
  },
  Outputs: { Domain: { Value: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } } },
};

const PAGE = '<!doctype html><title>Shop</title>';
export const SCRIPT = `export const words = ${JSON.stringify('a word '.repeat(400))};\n`;

/** Deploys it with some files; the domain name of the distribution. */
export async function deployDistribution(emulator: Emulator): Promise<string> {
  const { Domain } = await emulator.deploy('Shop', DISTRIBUTION);
  const s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
  const put = (Key: string, Body: string, ContentType: string) =>
    s3.send(new PutObjectCommand({ Bucket: 'pages', Key, Body, ContentType }));
  await put('site/index.html', PAGE, 'text/html; charset=utf-8');
  await put('site/app.js', SCRIPT, 'text/javascript; charset=utf-8');
  await put(
    'site/config.json',
    '{"users":{"endpoint":"https://cognito-idp.us-east-1.amazonaws.com"}}',
    'application/json',
  );
  await put('secret.txt', 'not served', 'text/plain');
  return Domain!;
}

export interface Received {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request that nothing between changes: no decoding, any Host. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, body }: RequestOptions = {},
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
