import type { RootCredentials } from './environment.js';

/** The last started emulator of a project. */
export interface Instance {
  /** Random name that the emulator responds with: process ids and ports are reused by other processes. */
  readonly instance: string;
  readonly pid: number;
  readonly port: number;
  readonly startedAt: string;
  /** Token of requests to `/_trellis` and `/_ministack`; random for each start. */
  readonly token: string;
  /** Access key of the root user; random for each start. */
  readonly credentials: RootCredentials;
}
