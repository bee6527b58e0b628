import { ApiDefinition, SpecRestApi, type StageOptions } from 'aws-cdk-lib/aws-apigateway';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { ApiBodyChecks, checkApiBodies } from 'cdk-trellis';
import { newStack } from '../support/template.js';
import { addDesk, addUsers } from './desk/desk.js';

const throttled: StageOptions = { throttlingRateLimit: 1, throttlingBurstLimit: 1 };

const sound = {
  security: [{ users: [] }],
  'x-amazon-apigateway-request-validator': 'all',
  'x-amazon-apigateway-integration': { type: 'aws_proxy' },
};

const document = (paths: object, more: object = {}) => ({
  openapi: '3.0.1',
  info: { title: 'x', version: '1' },
  paths,
  components: { securitySchemes: { users: { type: 'apiKey', name: 'Authorization', in: 'header' } } },
  'x-amazon-apigateway-request-validators': {
    all: { validateRequestBody: true, validateRequestParameters: true },
    nothing: { validateRequestBody: false, validateRequestParameters: false },
  },
  ...more,
});

function stackWith(body: object, deployOptions: StageOptions = throttled): Stack {
  const stack = newStack();
  new SpecRestApi(stack, 'Rest', { apiDefinition: ApiDefinition.fromInline(body), deployOptions });
  return stack;
}

const idsOf = (body: object, deployOptions?: StageOptions) =>
  checkApiBodies(stackWith(body, deployOptions)).map(({ id }) => id);

describe('checkApiBodies', () => {
  it('has no findings in an Api', () => {
    const stack = newStack();
    addDesk(stack, addUsers(stack), { cors: { origins: ['*'] } });
    expect(checkApiBodies(stack)).toEqual([]);
  });

  it('reports a missing security, validator or throttle of an Api', () => {
    const stack = newStack();
    const { restApi } = addDesk(stack, addUsers(stack));
    const resource: any = restApi.node.defaultChild;
    const findingsWithout = (remove: (operation: any) => void) => {
      const { body } = resource;
      resource.body = structuredClone(stack.resolve(body));
      remove(resource.body.paths['/admin'].get);
      const findings = checkApiBodies(stack);
      resource.body = body;
      return findings;
    };
    expect(findingsWithout((operation) => delete operation.security)).toEqual([
      {
        id: 'Trellis-ApiSecurity[GET:/admin]',
        message: expect.stringContaining('GET /admin has no `security` and is public'),
        constructPath: 'Stack/Api/RestApi/Resource',
      },
    ]);
    expect(
      findingsWithout((operation) => delete operation['x-amazon-apigateway-request-validator']).map(
        ({ id }) => id,
      ),
    ).toEqual(['Trellis-ApiValidator[GET:/admin]']);
    (restApi.deploymentStage.node.defaultChild as any).methodSettings = [];
    expect(checkApiBodies(stack)).toHaveLength(21);
  });

  it('reports a public admin route in the body of a SpecRestApi', () => {
    const { security: _, ...open } = sound;
    expect(idsOf(document({ '/admin': { delete: open } }))).toEqual(['Trellis-ApiSecurity[DELETE:/admin]']);
  });

  it.each<[string, object]>([
    ['is declared public', { ...sound, security: [] }],
    ['is a preflight', { 'x-amazon-apigateway-integration': { type: 'MOCK' } }],
  ])('accepts an operation that %s', (title, operation) => {
    const method = title.includes('preflight') ? 'options' : 'get';
    expect(idsOf(document({ '/': { [method]: operation } }))).toEqual([]);
  });

  it('accepts security and validator of the document', () => {
    const { security, 'x-amazon-apigateway-request-validator': validator, ...bare } = sound;
    const whole = { security, 'x-amazon-apigateway-request-validator': validator };
    expect(idsOf(document({ '/': { get: bare } }, whole))).toEqual([]);
  });

  it('supports Swagger 2.0', () => {
    const { components, ...rest } = document({ '/': { get: sound } }) as any;
    expect(idsOf({ ...rest, swagger: '2.0', securityDefinitions: components.securitySchemes })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['an empty requirement', { ...sound, security: [{}] }, 'Trellis-ApiSecurity[ANY:/]'],
    ['an unknown scheme', { ...sound, security: [{ unknown: [] }] }, 'Trellis-ApiSecurity[ANY:/]'],
    [
      'an unknown validator',
      { ...sound, 'x-amazon-apigateway-request-validator': 'other' },
      'Trellis-ApiValidator[ANY:/]',
    ],
    [
      'a validator that validates nothing',
      { ...sound, 'x-amazon-apigateway-request-validator': 'nothing' },
      'Trellis-ApiValidator[ANY:/]',
    ],
  ])('reports %s', (_case, operation, id) => {
    expect(idsOf(document({ '/': { 'x-amazon-apigateway-any-method': operation } }))).toEqual([id]);
  });

  it('reports a stage without a throttle, and a method whose settings remove it', () => {
    const body = document({ '/': { get: sound }, '/a/{b}': { get: sound } });
    expect(idsOf(body, {})).toEqual(['Trellis-ApiThrottling[GET:/]', 'Trellis-ApiThrottling[GET:/a/{b}]']);
    expect(idsOf(body, { throttlingRateLimit: 1 })).toHaveLength(2);
    const withMethod = (path: string) => ({
      ...throttled,
      methodOptions: { [path]: { metricsEnabled: true } },
    });
    expect(idsOf(body, withMethod('/a/{b}/GET'))).toEqual(['Trellis-ApiThrottling[GET:/a/{b}]']);
    expect(idsOf(body, withMethod('//GET'))).toEqual(['Trellis-ApiThrottling[GET:/]']);
  });

  it('reports a body in S3, which it cannot check', () => {
    const stack = newStack();
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'documents');
    new SpecRestApi(stack, 'Rest', { apiDefinition: ApiDefinition.fromBucket(bucket, 'api.json') });
    expect(checkApiBodies(stack)).toEqual([
      expect.objectContaining({
        id: 'Trellis-ApiBody',
        message: expect.stringContaining('The body is in S3'),
      }),
    ]);
  });

  it.each(['Trellis-ApiSecurity[GET:/]', 'Trellis-ApiSecurity'])(
    'accepts the acknowledgement of %s',
    (id) => {
      const stack = stackWith(document({ '/': { get: { ...sound, security: undefined } } }));
      expect(checkApiBodies(stack)).toHaveLength(1);
      Validations.of(stack.node.findChild('Rest')).acknowledge({ id, reason: 'It is a joke.' });
      expect(checkApiBodies(stack)).toEqual([]);
    },
  );
});

describe('ApiBodyChecks', () => {
  const synth = (operation: object) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const apiDefinition = ApiDefinition.fromInline(document({ '/admin': { get: operation } }));
    new SpecRestApi(stack, 'Rest', { apiDefinition, deployOptions: throttled });
    Validations.of(app).addPlugins(new ApiBodyChecks());
    return app.synth();
  };
  beforeEach(() => {
    for (const method of ['log', 'error'] as const) jest.spyOn(console, method).mockImplementation();
  });
  afterEach(() => jest.restoreAllMocks());

  it('passes a valid body', () => {
    expect(() => synth(sound)).not.toThrow();
  });

  it('fails the synthesis of an invalid body', () => {
    expect(() => synth({ ...sound, security: undefined })).toThrow('Trellis-ApiSecurity[GET:/admin]');
  });
});
