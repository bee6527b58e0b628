import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction } from './emulator.js';

const emulators = pairOfEmulators([
  'openapi_body',
  'payload_limits',
  'gateway_response_templates',
  'mock_templates',
  'failed_functions',
]);

const HANDLER = `exports.handler = async ({ path, body }) => {
  if (path === '/fail') throw new Error('secret');
  if (path === '/malformed') return { hello: 1 };
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
              responseTemplates: { 'application/json': '#set($a = "rendered")$a' },
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
  },
  components: {
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
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'notes', Body: body } },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'api' },
    },
  },
  Outputs: { Id: { Value: { Ref: 'Api' } } },
});

const ids = new Map<Emulator, string>();
beforeAll(async () => {
  for (const emulator of [emulators.corrected, emulators.plain])
    ids.set(emulator, (await emulator.deploy('Notes', template(document))).Id!);
});

async function request(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
  id = ids.get(emulator),
) {
  const url = `${emulator.endpoint}/restapis/${id}/api/_user_request_${path}`;
  const headers = { 'content-type': 'application/json' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(url, { method, headers, body: text });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: await answer.text(),
    answer,
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
      await request(emulator, 'GET', '/mock'),
      await request(emulator, 'OPTIONS', '/mock'),
    ];
    return [get.body, get.answer.headers.get('x-mock'), options.status, options.body];
  },
  ['rendered', 'yes', 204, ''],
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
])('never answers the path %.30s with a server error', async (path) => {
  expect((await request(emulators.corrected, 'GET', path)).status).toBeLessThan(500);
});

it('keeps the id, and so the address, when the document changes', async () => {
  const changed = { ...document, paths: { ...document.paths, '/new': { get: proxied } } };
  const { Id } = await emulators.corrected.deploy('Notes', template(changed), true);
  expect(Id).toBe(ids.get(emulators.corrected));
  expect((await request(emulators.corrected, 'GET', '/new')).status).toBe(200);
  expect((await request(emulators.corrected, 'GET', '/nowhere')).status).toBe(404);
});
