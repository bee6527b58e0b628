export interface ResourceEvent {
  readonly stack: string;
  readonly completed: number;
  readonly resource: string;
  readonly resourceType?: string;
  readonly status?: string;
  readonly reason?: string;
}

const CANCELLED = /cancelled|Rollback requested/i;
const DONE = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/;

/** Progress of a deployment: a line per stack, which a terminal redraws until the stack is done, and the failures. */
export class DeploymentProgress {
  private readonly failures: string[] = [];
  private readonly shown = new Set<string>();
  private readonly live = process.stdout.isTTY === true;

  constructor(private readonly log: (line: string) => void) {}

  show(event: ResourceEvent): void {
    const { stack, completed, resource, resourceType, status = '', reason } = event;
    if (status.endsWith('_FAILED') && !CANCELLED.test(reason ?? ''))
      this.failures.push(
        `${stack}: ${resource}${resourceType ? ` (${resourceType})` : ''}: ${reason ?? status}`,
      );
    const line = `${stack}: ${completed} ${completed === 1 ? 'resource' : 'resources'}`;
    const isDone = resourceType === 'AWS::CloudFormation::Stack' && resource === stack && DONE.test(status);
    if (isDone) this.done(stack, line);
    else if (this.live) process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  }

  /** Logs the stacks without changes, and clears the redrawn line. */
  end(stacks: readonly string[]): void {
    if (this.live) process.stdout.write('\r\x1b[K');
    for (const stack of stacks) if (!this.shown.has(stack)) this.log(`${stack}: no changes`);
  }

  /** Returns the failed resources with their reasons; undefined if no resource failed. */
  failure(): string | undefined {
    if (this.failures.length === 0) return undefined;
    return `The deployment failed:\n${[...new Set(this.failures)].map((line) => `  ${line}`).join('\n')}`;
  }

  private done(stack: string, line: string): void {
    if (this.live) process.stdout.write('\r\x1b[K');
    this.shown.add(stack);
    this.log(line);
  }
}
