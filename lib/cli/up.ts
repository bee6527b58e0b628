import { describe } from './describe.js';
import { stayUp } from './stay-up.js';

export interface UpOptions {
  readonly port?: number;
  readonly detach?: boolean;
}

export async function up({ port, detach }: UpOptions): Promise<void> {
  process.exitCode = await stayUp({ port, detach, ready: (info) => console.log(describe(info)) });
}
