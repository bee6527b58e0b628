import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { connect, number, parameter, secret, text } from 'cdk-trellis/runtime';

const secrets = mockClient(SecretsManagerClient);
const ssm = mockClient(SSMClient);

beforeEach(() => {
  secrets.reset();
  ssm.reset();
});

describe('secret', () => {
  it('is read once, and again on demand', async () => {
    secrets.on(GetSecretValueCommand, { SecretId: 'arn:one' }).resolves({ SecretString: 'hush' });
    const apiKey = secret.read.connect('arn:one');
    expect([await apiKey.value(), await apiKey.value()]).toEqual(['hush', 'hush']);
    expect(secrets.calls()).toHaveLength(1);
    await apiKey.value({ forceFetch: true });
    expect(secrets.calls()).toHaveLength(2);
  });

  it('must be text', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) as never });
    await expect(secret.read.connect('arn:two').value()).rejects.toThrow('The secret arn:two must be text');
  });
});

describe('parameter', () => {
  it('is read decrypted', async () => {
    ssm
      .on(GetParameterCommand, { Name: '/rate', WithDecryption: true })
      .resolves({ Parameter: { Value: '7' } });
    await expect(parameter.read.connect('/rate').value()).resolves.toBe('7');
  });
});

describe('a plain value', () => {
  it('is a text or a number', () => {
    const values = connect({ stage: text(), limit: number() }, { STAGE_TEXT: 'beta', LIMIT_NUMBER: '2.5' });
    expect(values).toEqual({ stage: 'beta', limit: 2.5 });
  });

  it('that is not a number is rejected', () => {
    expect(() => connect({ limit: number() }, { LIMIT_NUMBER: 'many' })).toThrow(
      'Expected a number, got "many"',
    );
  });
});
