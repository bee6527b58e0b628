import { createServer, type IncomingMessage, type Server } from 'node:http';

/**
 * Proxy from the Outbox to EventBridge that fails events for which `isLost` returns true, with EventBridge's response to
 * a call that failed in part.
 */
export class LossyEvents {
  /** The orders whose events each call had, in their order. */
  readonly calls: string[][] = [];
  isLost: (orderId: string) => boolean = () => false;
  private readonly server: Server;

  constructor(
    private readonly endpoint: string,
    port: number,
  ) {
    this.server = createServer(async (request, response) => {
      const { status, body } = await this.pass(request);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
    });
    this.server.listen(port, '127.0.0.1');
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Returns the number of calls with an event of this order. */
  timesOf(orderId: string): number {
    return this.calls.filter((call) => call.includes(orderId)).length;
  }

  private async pass(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString());
    const orderIds: string[] = Entries.map(({ Detail }: any) => JSON.parse(Detail).data.orderId);
    this.calls.push(orderIds);
    const lost = orderIds.map((orderId) => this.isLost(orderId));
    const { host: _, 'content-length': __, ...headers } = request.headers;
    const taken = Entries.filter((_entry: unknown, at: number) => !lost[at]);
    const results = taken.length > 0 ? await this.put(headers as Record<string, string>, taken) : [];
    const failure = { ErrorCode: 'InternalFailure', ErrorMessage: 'Lost by the drill' };
    const response = {
      FailedEntryCount: lost.filter(Boolean).length,
      Entries: lost.map((isLost) => (isLost ? failure : results.shift())),
    };
    return { status: 200, body: JSON.stringify(response) };
  }

  private async put(headers: Record<string, string>, entries: unknown[]): Promise<unknown[]> {
    const body = JSON.stringify({ Entries: entries });
    const response = await fetch(this.endpoint, { method: 'POST', headers, body });
    return ((await response.json()) as { Entries: unknown[] }).Entries;
  }
}
