import { clientOptions, findLocalCloud, LocalCloudError } from '../../local/index.js';

/** Where a command acts: the local cloud, unless AWS is asked for by name. */
export interface CloudOptions {
  readonly target?: string;
  readonly profile?: string;
  readonly region?: string;
}

/** What the SDK's clients are made with. */
export interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** @throws LocalCloudError when no local cloud runs, or AWS is meant without a profile */
export async function clientConfig({
  target = 'local',
  profile,
  region,
}: CloudOptions): Promise<ClientConfig> {
  if (target === 'aws') {
    if (profile === undefined) {
      throw new LocalCloudError(
        '`--target aws` wants `--profile NAME`, a profile of ~/.aws/config: what is in the environment is never used.',
      );
    }
    return { profile, ...(region && { region }) };
  }
  if (target !== 'local') throw new LocalCloudError(`\`--target\` must be local or aws, got "${target}".`);
  const cloud = await findLocalCloud({ projectDir: process.cwd() });
  if (!cloud) {
    throw new LocalCloudError(
      `No local cloud is running for ${process.cwd()}.\nStart it with \`npx trellis up\`, or name an account: \`--target aws --profile NAME\`.`,
    );
  }
  return clientOptions(cloud.endpoint, cloud.credentials);
}
