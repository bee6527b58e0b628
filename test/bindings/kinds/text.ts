import { handle, text as setting } from 'cdk-trellis/runtime';
import { probing } from '../probing.js';

export const probes = (_value: string) => ({});

export const text = handle({ it: setting() }, probing(probes));

export const resource = () => 'drill';
