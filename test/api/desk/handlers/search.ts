import { route } from 'cdk-trellis/runtime';
import { deskApi } from '../contract.js';

let asked = 0;

export const handler = route(deskApi.search, {}, async ({ params: { room }, query: { text, page } }) => {
  asked += 1;
  return { status: 200, body: { found: `${room} ${text} ${page}`, asked } };
});
