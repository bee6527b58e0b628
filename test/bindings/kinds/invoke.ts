import { type CallClient, handle, invoke, type SendClient } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

type Callee = typeof import('../callee.js');

export const probes = (callee: CallClient<Callee> | SendClient<Callee>): Probes => ({
  'lambda:InvokeFunction': () =>
    'call' in callee ? callee.call({ name: 'Ann' }) : callee.send({ name: 'Ann' }),
  'lambda:InvokeFunction dry run': () => callee.dryRun({ name: 'Ann' }),
});

export const call = handle({ it: invoke<Callee>().call }, probing(probes));
export const send = handle({ it: invoke<Callee>().send }, probing(probes));

export const resource = ({ trellis, stack }: FixtureStack) =>
  new trellis.NodeFunction(stack, 'Callee', { handler: () => import('../callee.js') });
