import { formatCloudInfo } from './format-cloud-info.js';
import { stayUp } from './stay-up.js';

export interface UpOptions {
  readonly port?: number;
  readonly detach?: boolean;
  /** Replaces or deletes resources with data without confirmation. @default false */
  readonly replaceData?: boolean;
}

export async function up({ port, detach, replaceData }: UpOptions): Promise<void> {
  process.exitCode = await stayUp({
    port,
    detach,
    replaceData,
    ready: (info) => console.log(formatCloudInfo(info)),
  });
}
