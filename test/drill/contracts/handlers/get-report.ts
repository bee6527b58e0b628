import { route } from 'cdk-trellis/runtime';
import { everythingApi } from '../contract.js';

export const handler = route(everythingApi.getReport, {}, async ({ params, accepts }) =>
  accepts === 'text/csv'
    ? { status: 200, type: accepts, body: `at\n${params.day}\n` }
    : { status: 200, type: accepts, body: { at: new Date(params.day) } },
);
