import { handle, queue } from 'cdk-trellis/runtime';
import { Task } from '../contracts.js';

interface Send {
  readonly name: string;
  readonly fails?: 'never' | 'always' | 'once' | 'hangs' | 'crashes';
  /** Sends to the FIFO queue, in this group. */
  readonly groupId?: string;
}

export const handler = handle(
  { tasks: queue(Task).send, ordered: queue(Task).send },
  async ({ name, fails = 'never', groupId }: Send, { tasks, ordered }) =>
    groupId === undefined ? tasks.send({ name, fails }) : ordered.send({ name, fails }, { groupId }),
);
