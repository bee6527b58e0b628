import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib/core';
import { applyTarget, targetOf } from 'cdk-trellis';

const kept = { ...process.env };

afterEach(() => {
  process.env = { ...kept };
});

function target(context: Record<string, unknown>, env: Record<string, string> = {}) {
  Object.assign(process.env, env);
  return targetOf(new Stack(new App({ context }), 'Shop'));
}

describe('the target of an app', () => {
  it('is AWS by default', () => {
    expect(target({})).toBe('aws');
  });

  it('is the value of TRELLIS_TARGET', () => {
    expect(target({}, { TRELLIS_TARGET: 'local' })).toBe('local');
  });

  it('is the value of the context, which overrides the environment', () => {
    expect(target({ target: 'localstack' }, { TRELLIS_TARGET: 'local' })).toBe('localstack');
  });

  it.each(['http://127.0.0.1:4566', 'http://localhost.localstack.cloud:4566', 'http://localstack:4566'])(
    'is LocalStack if AWS_ENDPOINT_URL is %s',
    (endpoint) => {
      expect(target({}, { AWS_ENDPOINT_URL: endpoint })).toBe('localstack');
    },
  );

  it('is printed with its reason where nothing but AWS_ENDPOINT_URL makes it LocalStack', () => {
    const printed = (context: Record<string, unknown>) => {
      Object.assign(process.env, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', CDK_OUTDIR: 'set by the CLI' });
      const error = jest.spyOn(console, 'error').mockImplementation();
      const app = new App({ context, outdir: mkdtempSync(join(tmpdir(), 'trellis-target-')) });
      applyTarget(new Stack(app, 'Shop'));
      app.synth();
      const lines = error.mock.calls.join('\n');
      error.mockRestore();
      return lines;
    };
    expect(printed({})).toContain(
      'The target is localstack because of AWS_ENDPOINT_URL (http://127.0.0.1:4566). Unset it, or synthesize with `-c target=aws`, for AWS',
    );
    expect(printed({ target: 'localstack' })).toMatch(/^Target localstack/);
  });

  it.each([
    'https://vpce-1a2b.dynamodb.eu-west-1.vpce.amazonaws.com',
    'https://s3.cn-north-1.amazonaws.com.cn',
    '',
  ])('is AWS where AWS_ENDPOINT_URL is "%s"', (endpoint) => {
    expect(target({}, { AWS_ENDPOINT_URL: endpoint })).toBe('aws');
  });

  it('is rejected if it is not a valid target', () => {
    expect(() => target({ target: 'azure' })).toThrow(
      'The target must be one of aws, localstack, local, got "azure" (context `target` or TRELLIS_TARGET)',
    );
  });
});
