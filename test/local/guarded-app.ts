import { CreateBucketCommand, PutBucketCorsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { edgeAddress, openEdge } from '../../lib/local/edge.js';
import { deployDistribution } from './distribution.js';
import { type Emulator, inlineFunction } from './emulator.js';
import { SOCKET_API } from './resources.js';

/** The only foreign origin that the app's own CORS allows. */
export const PARTNER = 'http://partner.example';

const ECHO = `exports.handler = async () => ({ statusCode: 200, body: 'here' });`;

/** An HTTP API with CORS, and its function. */
export const HTTP_API = {
  ...inlineFunction('Echo', ECHO),
  HttpApi: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: {
      Name: 'http',
      ProtocolType: 'HTTP',
      CorsConfiguration: { AllowOrigins: [PARTNER], AllowMethods: ['GET'] },
    },
  },
  HttpIntegration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'HttpApi' },
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: { 'Fn::GetAtt': ['Echo', 'Arn'] },
    },
  },
  HttpRoute: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'HttpApi' },
      RouteKey: 'GET /here',
      Target: { 'Fn::Sub': 'integrations/${HttpIntegration}' },
    },
  },
  HttpStage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'HttpApi' }, StageName: '$default', AutoDeploy: true },
  },
  HttpPermission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: 'Echo' },
      Principal: 'apigateway.amazonaws.com',
    },
  },
};

const RESOURCES = {
  Url: {
    Type: 'AWS::Lambda::Url',
    Properties: {
      TargetFunctionArn: { Ref: 'Echo' },
      AuthType: 'NONE',
      Cors: { AllowOrigins: [PARTNER], AllowMethods: ['GET'] },
    },
  },
  ...HTTP_API,
  SocketApi: SOCKET_API,
  SocketStage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'SocketApi' }, StageName: 'live', AutoDeploy: true },
  },
  Pool: { Type: 'AWS::Cognito::UserPool', Properties: { UserPoolName: 'pool' } },
  Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: { Ref: 'Pool' } } },
};

const OUTPUTS = {
  Url: { Value: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] } },
  HttpApi: { Value: { Ref: 'HttpApi' } },
  SocketApi: { Value: { Ref: 'SocketApi' } },
  Pool: { Value: { Ref: 'Pool' } },
  Client: { Value: { Ref: 'Client' } },
};

export interface GuardedApp {
  readonly site: string;
  /** Paths on the emulator's port. */
  readonly functionUrl: string;
  readonly httpApi: string;
  readonly socketApi: string;
  readonly pool: string;
  readonly client: string;
  readonly s3: S3Client;
}

/** Deploys each kind of URL that browsers call: a site, an HTTP API, a function URL, a bucket, a user pool. */
export async function deployGuardedApp(emulator: Emulator): Promise<GuardedApp> {
  const domain = await deployDistribution(emulator);
  await openEdge(emulator.instance, emulator.state, `https://${domain}`);
  const outputs = await emulator.deploy('Guarded', { Resources: RESOURCES, Outputs: OUTPUTS });
  const s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }));
  const rule = { AllowedOrigins: [PARTNER], AllowedMethods: ['GET', 'PUT', 'POST'], AllowedHeaders: ['*'] };
  await s3.send(new PutBucketCorsCommand({ Bucket: 'photos', CORSConfiguration: { CORSRules: [rule] } }));
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a b.txt', Body: 'photo' }));
  return {
    site: edgeAddress(emulator.instance, emulator.state) as string,
    functionUrl: `/_aws/lambda-url/${/\/\/([^.]+)\./.exec(outputs.Url as string)?.[1]}/`,
    httpApi: `/_aws/execute-api/${outputs.HttpApi}/here`,
    socketApi: `/_aws/execute-api/${outputs.SocketApi}/live`,
    pool: outputs.Pool as string,
    client: outputs.Client as string,
    s3,
  };
}
