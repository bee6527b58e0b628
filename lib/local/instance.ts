import type { RootCredentials } from './environment.js';

/** The emulator that was started last for a project. */
export interface Instance {
  /** A random name the emulator answers with: process ids and ports are used again by others. */
  readonly instance: string;
  readonly pid: number;
  readonly port: number;
  readonly startedAt: string;
  /** Authorizes requests to `/_trellis` and `/_ministack`; random for each start. */
  readonly token: string;
  /** The root user's access key; random for each start. */
  readonly credentials: RootCredentials;
}
