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

/** Time after which a resource that is not done is named, and named again. */
const REMINDER_MS = 20_000;

/**
 * Progress of a deployment: a line per stack, which a terminal redraws until the stack is done, the failures, and what
 * takes long.
 */
export class DeploymentProgress {
  private readonly underWay = new Map<string, number>();
  private readonly reminder = setInterval(() => this.remind(), REMINDER_MS / 4).unref();
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
    const name = `${stack}: ${resource} (${resourceType})`;
    if (!status.endsWith('_IN_PROGRESS')) this.underWay.delete(name);
    else if (resourceType !== 'AWS::CloudFormation::Stack') this.underWay.set(name, Date.now());
    const line = `${stack}: ${completed} ${completed === 1 ? 'resource' : 'resources'}`;
    const isDone = resourceType === 'AWS::CloudFormation::Stack' && resource === stack && DONE.test(status);
    if (isDone) this.done(stack, line);
    else if (this.live) process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  }

  /** Logs the stacks without changes, and clears the redrawn line. */
  end(stacks: readonly string[]): void {
    clearInterval(this.reminder);
    if (this.live) process.stdout.write('\r\x1b[K');
    for (const stack of stacks) if (!this.shown.has(stack)) this.log(`${stack}: no changes`);
  }

  /** Returns the failed resources with their reasons; undefined if no resource failed. */
  failure(): string | undefined {
    if (this.failures.length === 0) return undefined;
    return `The deployment failed:\n${[...new Set(this.failures)].map((line) => `  ${line}`).join('\n')}`;
  }

  private remind(): void {
    for (const [name, since] of this.underWay) {
      if (Date.now() - since < REMINDER_MS) continue;
      this.underWay.set(name, Date.now());
      if (this.live) process.stdout.write('\r\x1b[K');
      this.log(`Waiting for ${name}`);
    }
  }

  private done(stack: string, line: string): void {
    if (this.live) process.stdout.write('\r\x1b[K');
    this.shown.add(stack);
    this.log(line);
  }
}
