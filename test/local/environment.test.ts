import { assertLoopback, deploymentEnvironment, emulatorEnvironment } from '../../lib/local/environment.js';

const credentials = { accessKeyId: 'AKIALOCAL', secretAccessKey: 'secret' };

it.each([
  'https://dynamodb.us-east-1.amazonaws.com',
  'http://10.0.0.1:4566',
  'http://127.0.0.1.example.com',
  '',
])('refuses the endpoint %p, which is not on this machine', (endpoint) => {
  expect(() => assertLoopback(endpoint)).toThrow('must be on this machine');
});

it('deploys with nothing of a real account in the environment', () => {
  const real = {
    AWS_PROFILE: 'production',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_SESSION_TOKEN: 'real',
    AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/real',
    CDK_CONTEXT_JSON: '{}',
    EDITOR: 'vi',
  };
  expect(deploymentEnvironment('http://127.0.0.1:4566', credentials, real)).toEqual({
    EDITOR: 'vi',
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    CDK_DEFAULT_ACCOUNT: '000000000000',
    CDK_DEFAULT_REGION: 'us-east-1',
    CDK_VALIDATION: 'false',
    TRELLIS_TARGET: 'local',
  });
});

it('synthesizes for LocalStack when it deploys there', () => {
  const environment = deploymentEnvironment('http://127.0.0.1:4566', credentials, {}, 'localstack');
  expect(environment.TRELLIS_TARGET).toBe('localstack');
});

it("starts the emulator on loopback, with IAM enforced and none of the user's settings", () => {
  process.env.AWS_PROFILE = 'production';
  process.env.MINISTACK_HOST = 'example.com';
  process.env.NODE_OPTIONS_FOR_TEST = '1';
  const environment = emulatorEnvironment({
    port: 4566,
    dataDir: '/data',
    scratchDir: '/scratch',
    nodesFile: '/nodes',
    sdkFile: '/sdk',
    denialsFile: '/denials',
    instance: 'me',
    token: 'token',
    credentials,
    attached: true,
  });
  expect(environment).toMatchObject({ BIND_HOST: '127.0.0.1', AUTH: 'true', AWS_ACCESS_KEY_ID: 'AKIALOCAL' });
  for (const name of ['AWS_PROFILE', 'MINISTACK_HOST', 'NODE_OPTIONS_FOR_TEST'])
    expect(environment).not.toHaveProperty(name);
  delete process.env.AWS_PROFILE;
  delete process.env.MINISTACK_HOST;
  delete process.env.NODE_OPTIONS_FOR_TEST;
});
