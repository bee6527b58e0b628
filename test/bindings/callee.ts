import { handle } from 'cdk-trellis/runtime';

export const handler = handle({}, async (event: { name: string }) => {
  if (event.name === 'unknown') throw new RangeError('unknown name');
  return { greeting: `Hello ${event.name}` };
});
