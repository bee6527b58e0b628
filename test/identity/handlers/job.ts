import { job } from 'cdk-trellis/runtime';

export const handler = job({}, async () => {});
