import { handle, number as setting } from 'cdk-trellis/runtime';
import { probing } from '../probing.js';

export const probes = (_value: number) => ({});

export const number = handle({ it: setting() }, probing(probes));

export const resource = () => 3;
