import { handle, queue } from 'cdk-trellis/runtime';
import { Task } from '../contracts.js';

export const handler = handle({ tasks: queue(Task).send }, async (event: { name: string }, { tasks }) =>
  tasks.send({ name: event.name, fails: 'never' }),
);
