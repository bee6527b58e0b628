import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { signed } from '../support/sigv4.js';
import { Emulator } from './emulator.js';
import { HTTP_API } from './guarded-app.js';
import { rawRequest } from './raw-request.js';
import { SOCKET_API } from './resources.js';
import { unverifiedCallers } from './unverified-callers.js';

jest.setTimeout(60_000);

const URI = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations';

/** A route of each kind of API that only callers with permissions may call. */
const RESOURCES = {
  ...HTTP_API,
  HttpRoute: {
    ...HTTP_API.HttpRoute,
    Properties: { ...HTTP_API.HttpRoute.Properties, AuthorizationType: 'AWS_IAM' },
  },
  Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: { Ref: 'Echo' }, AuthType: 'AWS_IAM' } },
  RestApi: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'rest' } },
  RestMethod: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: 'RestApi' },
      ResourceId: { 'Fn::GetAtt': ['RestApi', 'RootResourceId'] },
      HttpMethod: 'GET',
      AuthorizationType: 'AWS_IAM',
      Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: { 'Fn::Sub': URI } },
    },
  },
  RestDeployment: {
    Type: 'AWS::ApiGateway::Deployment',
    Properties: { RestApiId: { Ref: 'RestApi' }, StageName: 'prod' },
    DependsOn: 'RestMethod',
  },
  SocketApi: SOCKET_API,
};

let emulator: Emulator;
let s3: S3Client;
let paths: Record<'functionUrl' | 'httpApi' | 'restApi' | 'connection', string>;

beforeAll(async () => {
  emulator = await Emulator.start();
  const { Url, HttpApi, RestApi, SocketApi } = await emulator.deploy('Callers', {
    Resources: RESOURCES,
    Outputs: {
      Url: { Value: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] } },
      HttpApi: { Value: { Ref: 'HttpApi' } },
      RestApi: { Value: { Ref: 'RestApi' } },
      SocketApi: { Value: { Ref: 'SocketApi' } },
    },
  });
  paths = {
    functionUrl: `/_aws/lambda-url/${/\/\/([^.]+)\./.exec(Url as string)?.[1]}/`,
    httpApi: `/_aws/execute-api/${HttpApi}/here`,
    restApi: `/restapis/${RestApi}/prod/_user_request_/`,
    connection: `/_aws/execute-api/${SocketApi}/live/@connections/abc`,
  };
  s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }));
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a.txt', Body: 'photo' }));
}, 60_000);
afterAll(() => emulator?.stop());

const ask = (line: string, host = '127.0.0.1', headers: string[] = []) => {
  const { port } = emulator.instance;
  return rawRequest(port, [`${line} HTTP/1.1`, `Host: ${host}:${port}`, ...headers]);
};

describe.each([
  ['a function URL', () => `GET ${paths.functionUrl}`, 200],
  ['a route of an HTTP API', () => `GET ${paths.httpApi}`, 200],
  ['a method of a REST API', () => `GET ${paths.restApi}`, 200],
  ['a connection of a WebSocket API', () => `DELETE ${paths.connection}`, 410],
])('%s with IAM authorization', (_, lineOf, expected) => {
  it('refuses everyone whose signature is not verified', async () => {
    for (const { header, query } of unverifiedCallers(emulator.instance.credentials.accessKeyId)) {
      const line = query ? `${lineOf()}?${query}` : lineOf();
      const status = await ask(line, '127.0.0.1', header ? [`Authorization: ${header}`] : []);
      expect([header, query, status]).toEqual([header, query, 403]);
    }
  });

  it('accepts a caller who signs', async () => {
    const [method, path] = lineOf().split(' ') as [string, string];
    const service = path.includes('lambda-url') ? 'lambda' : 'execute-api';
    const url = emulator.endpoint + path;
    const headers = signed(url, emulator.instance.credentials, service, { method });
    expect((await fetch(url, { method, headers })).status).toBe(expected);
  });
});

describe('S3', () => {
  it.each([
    ['lists no buckets', 'GET /', 'x.alb.localhost'],
    ['creates no bucket', 'PUT /another', 'x.alb.localhost'],
    ['creates no bucket by a path of the app', 'PUT /_alb/x', '127.0.0.1'],
    ['gives no object', 'GET /photos/a.txt', '127.0.0.1'],
    ['gives no object by the name of its bucket', 'GET /a.txt', 'photos.localhost'],
    ['gives no object by the name of a load balancer', 'GET /photos/a.txt', 'x.alb.localhost'],
    ['deletes no bucket', 'DELETE /photos', '127.0.0.1'],
  ])('%s without a signature', async (_, line, host) => {
    for (const { header, query } of unverifiedCallers(emulator.instance.credentials.accessKeyId)) {
      const headers = header ? [`Authorization: ${header}`] : [];
      expect([400, 403]).toContain(await ask(query ? `${line}?${query}` : line, host, headers));
    }
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual(['photos']);
  });
});

it('a collection of OpenSearch accepts signed requests only, under every name', async () => {
  for (const host of ['abcdef.us-east-1.aoss.localhost', 'abcdef.us-east-1.aoss.alb.localhost'])
    expect(await ask('GET /_cat/indices', host)).toBe(403);
});

it('an event API of AppSync authorizes who publishes, so that keys of APIs work', async () => {
  expect(await ask('POST /event', 'abcdef.appsync-api.us-east-1.localhost')).toBe(404);
});
