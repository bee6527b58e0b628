import { handle, type SecretClient, secret } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = (client: SecretClient): Probes => ({
  'secretsmanager:GetSecretValue': () => client.value({ forceFetch: true }),
});

export const read = handle({ it: secret.read }, probing(probes));

export const resource = ({ cdk, stack, key }: FixtureStack) =>
  new cdk.aws_secretsmanager.Secret(stack, 'ApiKey', {
    removalPolicy: cdk.RemovalPolicy.DESTROY,
    encryptionKey: key,
  });
