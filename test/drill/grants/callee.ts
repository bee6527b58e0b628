import { handle } from 'cdk-trellis/runtime';

export const handler = handle({}, async (event: { name: string }) => {
  if (event.name === 'nobody') throw new RangeError('there is nobody');
  return { greeting: `Hello ${event.name}` };
});
