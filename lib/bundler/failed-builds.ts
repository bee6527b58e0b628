import { relative } from 'node:path';
import { BundlingError } from './bundling-error.js';
import type { Failure, JobQueue } from './job-queue.js';
import type { Unit } from './worker/protocol.mjs';

/** Code to build, with the paths of the constructs that use it. */
export interface RegisteredUnit {
  readonly unit: Unit;
  readonly users: string[];
}

type Units = ReadonlyMap<string, RegisteredUnit>;

/** Constructs named in an error. */
const MAX_USERS = 5;

/** Returns the error of functions and shared layers that cannot be bundled, with the constructs that use them. */
export function unitError(failures: readonly Failure[], units: Units): BundlingError {
  const texts = failures.map(({ key, errors }) => {
    const registered = units.get(key);
    const [entry = ''] = Object.values(registered?.unit.entries ?? {});
    const list = errors.map(({ text }) => `\n  ${text}`).join('');
    return `The code of ${registered?.users.join(', ')} cannot be bundled (from ${relative(process.cwd(), entry)}):${list}`;
  });
  return new BundlingError(texts.join('\n'));
}

/** Returns the error of packages that cannot be bundled, with the constructs whose code imports them. */
export function vendorError(failures: readonly Failure[], units: Units, jobs: JobQueue): BundlingError {
  const texts = failures.flatMap(({ errors }) =>
    errors.map(({ text, entries = [] }) => {
      const users = usersOf(entries, units, jobs);
      return `\n  ${text}${users && ` (imported by ${users})`}`;
    }),
  );
  return new BundlingError(
    `Packages that functions import cannot be bundled:${[...new Set(texts)].join('')}`,
  );
}

/** Returns the paths of the constructs whose code uses one of these entries of a layer. */
function usersOf(entries: readonly string[], units: Units, jobs: JobQueue): string {
  const users = [...units].flatMap(([key, registered]) =>
    jobs.get(key)?.findings.vendors.some(({ id }) => entries.includes(id)) ? registered.users : [],
  );
  const others = users.length > MAX_USERS ? ` and ${users.length - MAX_USERS} others` : '';
  return users.slice(0, MAX_USERS).join(', ') + others;
}
