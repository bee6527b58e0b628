/** A change that AWS rejects: the deployment fails and is rolled back. */
export interface Rejection {
  readonly path: string;
  readonly type: string;
  readonly reason: string;
}
