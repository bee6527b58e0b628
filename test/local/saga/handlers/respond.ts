import { handle, saga } from 'cdk-trellis/runtime';
import { Approval } from './job.js';

interface Input {
  readonly token: string;
  readonly response?: { readonly by: string; readonly isApproved: boolean };
  readonly cause?: string;
}

export const handler = handle(
  { waits: saga(Approval).respond },
  async ({ token, response, cause }: Input, { waits }) =>
    response ? waits.succeed(token, response) : waits.fail(token, cause ?? ''),
);
