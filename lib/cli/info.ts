import { environmentOf, findLocalCloud, LocalCloudError } from '../local/index.js';
import { formatCloudInfo } from './format-cloud-info.js';

export interface InfoOptions {
  readonly json?: boolean;
  readonly api?: string;
  readonly env?: boolean;
}

export async function info({ json = false, api, env = false }: InfoOptions): Promise<void> {
  const cloud = await findLocalCloud({ projectDir: process.cwd() });
  if (!cloud)
    throw new LocalCloudError(
      `No local cloud is running for ${process.cwd()}.\nStart it with \`npx trellis up\`.`,
    );
  if (env) return console.log(environmentOf(cloud));
  const details = cloud.info();
  if (api !== undefined) {
    const url = details.apis[api];
    const names = Object.keys(details.apis).join(', ') || 'none';
    if (!url) throw new LocalCloudError(`\`--api\` must name an API of the app (${names}), got "${api}".`);
    console.log(url);
    return;
  }
  console.log(json ? JSON.stringify(details, null, 2) : formatCloudInfo(details));
}
