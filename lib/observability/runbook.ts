import type { IConstruct } from 'constructs';

/** The sections of docs/runbooks.md. */
export const RUNBOOKS = [
  'failing-requests',
  'slow-requests',
  'failed-events',
  'dead-letters',
  'old-messages',
  'late-streams',
  'failed-workflows',
  'parked-undo',
  'stuck-workflows',
  'missed-schedules',
  'failing-site',
] as const;

export type Runbook = (typeof RUNBOOKS)[number];

/** The context that says where your own runbooks are, as in `https://wiki.example.com/runbooks#`. */
const CONTEXT = 'trellis:runbooks';

const DEFAULT_BASE = 'https://unpkg.com/cdk-trellis/docs/runbooks.md#';

/** Where to read what to do: the library's runbooks, or those that the context `trellis:runbooks` names. */
export function runbookUrl(scope: IConstruct, runbook: Runbook): string {
  const base: unknown = scope.node.tryGetContext(CONTEXT) ?? DEFAULT_BASE;
  if (typeof base !== 'string' || !/^https?:\/\//.test(base)) {
    throw new Error(
      `The context \`${CONTEXT}\` must be an address that the name of a runbook is appended to, as in https://wiki.example.com/runbooks#, got ${JSON.stringify(base)}`,
    );
  }
  return `${base}${runbook}`;
}
