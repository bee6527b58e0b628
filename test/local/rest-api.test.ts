import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { signed } from '../support/sigv4.js';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction } from './emulator.js';
import { IAM_SCHEME, roleFor } from './resources.js';

const emulators = pairOfEmulators([
  'openapi_body',
  'payload_limits',
  'gateway_response_templates',
  'mock_templates',
  'failed_functions',
  'method_settings',
  'compression',
  'refused_credentials',
  'response_cache',
  'service_integrations',
  'written_path_parameters',
  'written_function_url_paths',
]);

const HANDLER = `exports.handler = async ({ path, body, pathParameters, rawPath }) => {
  if (rawPath) return { statusCode: 200, body: rawPath, cookies: ['a=1', 'b=2'] };
  if (path.startsWith('/written')) return { statusCode: 200, body: JSON.stringify(pathParameters), multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] } };
  if (path === '/fail') throw new Error('secret');
  if (path === '/malformed') return { hello: 1 };
  if (path.startsWith('/kept')) return { statusCode: 200, body: String(globalThis.count = (globalThis.count ?? 0) + 1) };
  if (path === '/any/long') return { statusCode: 200, body: 'a'.repeat(1000) };
  return { statusCode: 200, body: 'length ' + (body ?? '').length };
};`;

const integration = {
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: {
    'Fn::Sub': 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Handler.Arn}/invocations',
  },
};
const proxied = { 'x-amazon-apigateway-integration': integration };
const problem = { 'gatewayresponse.header.content-type': "'application/problem+json'" };

/** A direct read of the table, by one of the roles. */
const reading = (role: string) => ({
  type: 'aws',
  httpMethod: 'POST',
  uri: 'arn:aws:apigateway:us-east-1:dynamodb:action/GetItem',
  credentials: { 'Fn::GetAtt': [role, 'Arn'] },
  requestTemplates: {
    'application/json': '{"TableName":"Items","Key":{"id":{"S":"$input.params("id")"}}}',
  },
  responses: {
    default: {
      statusCode: '200',
      responseTemplates: {
        'application/json':
          '#set($item = $input.path("$.Item"))#if($item){"name":"$item.get("name").S"}#else#set($context.responseOverride.status = 404){}#end',
      },
    },
    '4\\d{2}': { statusCode: '502', responseTemplates: { 'application/json': '{"title":"Bad gateway"}' } },
  },
});

const role = (statements: object[]) => roleFor('apigateway', statements);

const document = {
  openapi: '3.0.1',
  info: { title: 'notes', version: '1' },
  'x-amazon-apigateway-request-validators': {
    all: { validateRequestBody: true, validateRequestParameters: true },
  },
  'x-amazon-apigateway-request-validator': 'all',
  'x-amazon-apigateway-gateway-responses': {
    MISSING_AUTHENTICATION_TOKEN: {
      statusCode: 404,
      responseParameters: problem,
      responseTemplates: {
        'application/json':
          '{"title":"Not found","path":"$context.path","method":"$context.httpMethod","none":"$context.nothing"}',
      },
    },
    DEFAULT_5XX: { responseTemplates: { 'application/json': '{"title":$context.error.messageString}' } },
  },
  paths: {
    '/notes': {
      parameters: [{ $ref: '#/components/parameters/Folder' }],
      post: {
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } } },
        ...proxied,
      },
    },
    '/any/{proxy+}': { 'x-amazon-apigateway-any-method': proxied },
    '/written/{id}/end': { get: proxied },
    '/fail': { get: proxied },
    '/malformed': { get: proxied },
    '/mock': {
      get: {
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: { 'application/json': '{"statusCode":200}' },
          responses: {
            default: {
              statusCode: '200',
              responseParameters: { 'method.response.header.x-mock': "'yes'" },
              responseTemplates: {
                'application/json': [
                  '#set($origin = $input.params().header.get("origin"))',
                  '#if($origin == "https://b")#set($context.responseOverride.header.X-Mock = "b")#end',
                  '#foreach($n in [1, 2])$n#end ',
                  '$util.escapeJavaScript($input.params("text"))',
                ].join(''),
              },
            },
          },
        },
      },
      options: {
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: { 'application/json': '{"statusCode":204}' },
          responses: { default: { statusCode: '204' } },
        },
      },
    },
    '/items/{id}': {
      get: { 'x-amazon-apigateway-integration': reading('Reader') },
      delete: { 'x-amazon-apigateway-integration': reading('NoPermission') },
    },
    '/kept/{id}': {
      get: {
        parameters: [{ name: 'page', in: 'query', schema: { type: 'string' } }],
        'x-amazon-apigateway-integration': {
          ...integration,
          cacheKeyParameters: ['method.request.path.id', 'method.request.querystring.page'],
        },
      },
    },
    '/slow/{id}': { get: proxied },
    '/signed': { get: { ...proxied, security: [{ iam: [] }] } },
  },
  components: {
    securitySchemes: {
      iam: IAM_SCHEME,
    },
    parameters: { Folder: { name: 'folder', in: 'query', required: true, schema: { type: 'string' } } },
    schemas: {
      Note: {
        type: 'object',
        required: ['title'],
        properties: { title: { $ref: '#/components/schemas/Title' } },
      },
      Title: { type: 'string', maxLength: 5 },
    },
  },
};

const template = (body: object) => ({
  Resources: {
    ...inlineFunction('Handler', HANDLER),
    Items: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'Items',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    },
    Reader: role([
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: { 'Fn::GetAtt': ['Items', 'Arn'] } },
    ]),
    NoPermission: role([]),
    Stranger: { Type: 'AWS::IAM::User', Properties: { UserName: 'Stranger' } },
    Url: {
      Type: 'AWS::Lambda::Url',
      Properties: { TargetFunctionArn: { 'Fn::GetAtt': ['Handler', 'Arn'] }, AuthType: 'NONE' },
    },
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Name: 'notes', Body: body, MinimumCompressionSize: 1000 },
    },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        RestApiId: { Ref: 'Api' },
        DeploymentId: { Ref: 'Deployment' },
        StageName: 'api',
        CacheClusterEnabled: true,
        CacheClusterSize: '0.5',
        MethodSettings: [
          {
            ResourcePath: '/~1slow~1{id}',
            HttpMethod: 'GET',
            ThrottlingRateLimit: 0.01,
            ThrottlingBurstLimit: 1,
          },
          {
            ResourcePath: '/~1kept~1{id}',
            HttpMethod: 'GET',
            CachingEnabled: true,
            CacheTtlInSeconds: 5,
          },
        ],
      },
    },
  },
  Outputs: { Id: { Value: { Ref: 'Api' } }, Url: { Value: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] } } },
});

const ids = new Map<Emulator, string>();
const urls = new Map<Emulator, string>();
beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain]) {
    const { Id, Url } = await emulator.deploy('Notes', template(document));
    ids.set(emulator, Id!);
    urls.set(emulator, new URL(Url!).hostname.split('.')[0]!);
  }
});

async function request(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
  id = ids.get(emulator),
  more: Record<string, string> = {},
) {
  const url = `${emulator.endpoint}/restapis/${id}/api/_user_request_${path}`;
  const headers = { 'content-type': 'application/json', ...more };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method, headers, body: text });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.text(),
    response,
  };
}

correction(
  emulators,
  'openapi_body',
  'validates bodies and parameters, and knows gateway responses and any-method',
  async (emulator) => [
    (await request(emulator, 'POST', '/notes?folder=a', { title: 'short' })).status,
    (await request(emulator, 'POST', '/notes?folder=a', { title: 'too long' })).status,
    (await request(emulator, 'POST', '/notes', { title: 'short' })).status,
    (await request(emulator, 'DELETE', '/any/thing')).status,
    (await request(emulator, 'GET', '/nowhere')).status,
  ],
  [200, 400, 400, 200, 404],
);

correction(
  emulators,
  'written_path_parameters',
  'hands path parameters on as they are written, and matches segments by what is written',
  async (emulator) => {
    const written = ['a%2Fb', '100%25', '50%25%20off', 'a%252Fb', 'x%2541', 'x%41', '%C3%A9'];
    const responses = [];
    for (const one of written) responses.push((await request(emulator, 'GET', `/written/${one}/end`)).body);
    const fixed = await request(emulator, 'GET', '/%77ritten/a/%65nd');
    return [...responses.map((body) => JSON.parse(body).id), fixed.status];
  },
  ['a%2Fb', '100%25', '50%25%20off', 'a%252Fb', 'x%2541', 'x%41', '%C3%A9', 200],
);

correction(
  emulators,
  'written_function_url_paths',
  'hands the path of a function URL on as it is written, and sends cookies on lines of their own',
  async (emulator) => {
    const response = await fetch(`${emulator.endpoint}/_aws/lambda-url/${urls.get(emulator)}/a%2Fb/100%25`);
    return [await response.text(), response.headers.getSetCookie()];
  },
  ['/a%2Fb/100%25', ['a=1', 'b=2']],
);

it('sends each of several cookies on a line of its own', async () => {
  const { response } = await request(emulators.corrected, 'GET', '/written/a/end');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

correction(
  emulators,
  'gateway_response_templates',
  'renders every context variable and one content type',
  async (emulator) => {
    const { type, body } = await request(emulator, 'GET', '/nowhere');
    return { type, body };
  },
  {
    type: 'application/problem+json',
    body: '{"title":"Not found","path":"/api/nowhere","method":"GET","none":""}',
  },
);

correction(
  emulators,
  'mock_templates',
  'renders the response of a mock, or none',
  async (emulator) => {
    const [get, options] = [
      await request(emulator, 'GET', `/mock?text=${encodeURIComponent('it\'s "é" \\')}`),
      await request(emulator, 'OPTIONS', '/mock'),
    ];
    const other = await request(emulator, 'GET', '/mock', undefined, undefined, { origin: 'https://b' });
    const headers = [get, other].map(({ response }) => response.headers.get('x-mock'));
    return [get.body, ...headers, options.status, options.body];
  },
  ['12 it\\\'s \\"\\u00E9\\" \\\\', 'yes', 'b', 204, ''],
);

correction(
  emulators,
  'service_integrations',
  'calls the service with the role of the integration, and maps its response by the status',
  async (emulator) => {
    const dynamo = new DynamoDBClient(emulator.client);
    await dynamo.send(
      new PutItemCommand({ TableName: 'Items', Item: { id: { S: 'a' }, name: { S: 'Lamp' } } }),
    );
    const responses = [
      await request(emulator, 'GET', '/items/a'),
      await request(emulator, 'GET', '/items/b'),
      await request(emulator, 'DELETE', '/items/a'),
    ];
    return responses.map(({ status, body }) => [status, body]);
  },
  [
    [200, '{"name":"Lamp"}'],
    [404, '{}'],
    [502, '{"title":"Bad gateway"}'],
  ],
);

correction(
  emulators,
  'response_cache',
  'keeps responses by their keys for the time of the stage, despite the headers of the caller',
  async (emulator) => {
    const paths = ['/kept/a', '/kept/a', '/kept/a?page=2', '/kept/b', '/kept/a?other=1'];
    const responses = [];
    for (const path of paths) responses.push((await request(emulator, 'GET', path)).body);
    const fresh = await request(emulator, 'GET', '/kept/a', undefined, undefined, {
      'cache-control': 'max-age=0',
    });
    await new Promise((resolve) => setTimeout(resolve, 5100));
    return [
      ...responses,
      fresh.body,
      fresh.response.headers.get('warning')?.slice(0, 3),
      (await request(emulator, 'GET', '/kept/a')).body,
    ];
  },
  ['1', '1', '2', '3', '1', '1', '199', '4'],
);

correction(
  emulators,
  'compression',
  'compresses what is large enough, for who accepts it',
  async (emulator) => {
    const encodings = [];
    for (const [path, accepted] of [
      ['long', 'gzip'],
      ['long', 'identity'],
      ['short', 'gzip'],
    ]) {
      const { response, body } = await request(emulator, 'GET', `/any/${path}`, undefined, undefined, {
        'accept-encoding': accepted!,
      });
      encodings.push([response.headers.get('content-encoding'), body.length]);
    }
    return encodings;
  },
  [
    ['gzip', 1000],
    [null, 1000],
    [null, 8],
  ],
);

correction(
  emulators,
  'method_settings',
  'throttles a method by its own settings',
  async (emulator) => [
    (await request(emulator, 'GET', '/slow/1')).status,
    (await request(emulator, 'GET', '/slow/2')).status,
  ],
  [200, 429],
);

correction(
  emulators,
  'refused_credentials',
  'rejects credentials without permission in the form of the gateway responses',
  async (emulator) => {
    const iam = new IAMClient(emulator.client);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'Stranger' }));
    const url = `${emulator.endpoint}/restapis/${ids.get(emulator)}/api/_user_request_/signed`;
    const keys = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    const response = await fetch(url, { headers: signed(url, keys) });
    return [response.status, Object.keys((await response.json()) as object)];
  },
  [403, ['Message']],
);

correction(
  emulators,
  'failed_functions',
  'hides what made a function fail, in the form of the gateway responses',
  async (emulator) => {
    const [failed, malformed] = [
      await request(emulator, 'GET', '/fail'),
      await request(emulator, 'GET', '/malformed'),
    ];
    return [failed.status, failed.body, malformed.status, malformed.body];
  },
  [502, '{"title":"Internal server error"}', 502, '{"title":"Internal server error"}'],
);

correction(
  emulators,
  'payload_limits',
  'refuses what is too large for the gateway or for a function',
  async (emulator) => {
    const sizes = [5, 7, 11].map((megabytes) => 'a'.repeat(megabytes * 1024 * 1024));
    const statuses: number[] = [];
    for (const body of sizes) statuses.push((await request(emulator, 'POST', '/any/large', body)).status);
    return statuses;
  },
  [200, 413, 413],
);

it.each([
  '/%',
  '/any/%',
  '//any//x',
  '/any/%ff%fe',
  '/any/é',
  '/any/%00',
  '/any/x?a=%ff&%',
  `/any/${'a'.repeat(20_000)}`,
])('never returns a server error for the path %.30s', async (path) => {
  expect((await request(emulators.corrected, 'GET', path)).status).toBeLessThan(500);
});

it('keeps the id, and so the address, when the document changes', async () => {
  const changed = { ...document, paths: { ...document.paths, '/new': { get: proxied } } };
  const { Id } = await emulators.corrected.deploy('Notes', template(changed), true);
  expect(Id).toBe(ids.get(emulators.corrected));
  expect((await request(emulators.corrected, 'GET', '/new')).status).toBe(200);
  expect((await request(emulators.corrected, 'GET', '/nowhere')).status).toBe(404);
});
