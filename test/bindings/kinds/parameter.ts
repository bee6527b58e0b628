import { handle, type ParameterClient, parameter } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = (client: ParameterClient): Probes => ({
  'ssm:GetParameter': () => client.value({ forceFetch: true }),
});

export const read = handle({ it: parameter.read }, probing(probes));

export const resource = ({ cdk, stack }: FixtureStack) =>
  new cdk.aws_ssm.StringParameter(stack, 'Rate', { parameterName: '/drill/rate', stringValue: '7' });
