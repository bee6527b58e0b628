import { handle, saga } from 'cdk-trellis/runtime';
import { Approval } from './job.js';

interface Answer {
  readonly token: string;
  readonly answer?: { readonly by: string; readonly isApproved: boolean };
  readonly cause?: string;
}

export const handler = handle(
  { waits: saga(Approval).respond },
  async ({ token, answer, cause }: Answer, { waits }) =>
    answer ? waits.succeed(token, answer) : waits.fail(token, cause ?? ''),
);
