import { describe } from './describe.js';
import { stayUp } from './stay-up.js';

export interface UpOptions {
  readonly port?: number;
  readonly detach?: boolean;
  /** Whether resources with data are replaced or deleted without a question. */
  readonly replaceData?: boolean;
}

export async function up({ port, detach, replaceData }: UpOptions): Promise<void> {
  process.exitCode = await stayUp({
    port,
    detach,
    replaceData,
    ready: (info) => console.log(describe(info)),
  });
}
