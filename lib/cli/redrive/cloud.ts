import { clientOptions, findLocalCloud, LocalCloudError } from '../../local/index.js';

/** Cloud that a command uses: the local cloud unless `target` is `aws`. */
export interface CloudOptions {
  readonly target?: string;
  readonly profile?: string;
  readonly region?: string;
}

/** Configuration of the SDK's clients. */
export interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * Returns the configuration of the SDK's clients.
 *
 * @throws LocalCloudError when no local cloud runs, or the target is AWS and `profile` is missing
 */
export async function clientConfig({
  target = 'local',
  profile,
  region,
}: CloudOptions): Promise<ClientConfig> {
  if (target === 'aws') {
    if (profile === undefined) {
      throw new LocalCloudError(
        '`--target aws` requires `--profile NAME`, a profile of ~/.aws/config: credentials in the environment are never used.',
      );
    }
    return { profile, ...(region && { region }) };
  }
  if (target !== 'local') throw new LocalCloudError(`\`--target\` must be local or aws, got "${target}".`);
  const cloud = await findLocalCloud({ projectDir: process.cwd() });
  if (!cloud) {
    throw new LocalCloudError(
      `No local cloud is running for ${process.cwd()}.\nStart it with \`npx trellis up\`, or pass an account: \`--target aws --profile NAME\`.`,
    );
  }
  return clientOptions(cloud.endpoint, cloud.credentials);
}
