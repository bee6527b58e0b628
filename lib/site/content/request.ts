/** Properties of the custom resource that deploys a site's content. CloudFormation sends strings only. */
export interface ContentRequest {
  /** The bucket of the archive with the site's files. */
  readonly archiveBucket: string;
  readonly archiveKey: string;
  /** The bucket of the site. */
  readonly bucket: string;
  readonly distributionId: string;
  /** The site's runtime configuration: JSON. */
  readonly configuration: string;
  /** Folders with files whose names hold a hash of their content. */
  readonly hashedFolders: readonly string[];
  /** Days for which a replaced file with a hashed name is kept. */
  readonly keepReplacedDays: string;
  /** `true` empties the bucket when the resource is deleted. */
  readonly ephemeral: 'true' | 'false';
}

/** The prefix that the distribution serves; the state of deployments is outside of it. */
export const SERVED = 'site/';
export const STATE_KEY = 'deployment.json';

/** The name of the file with the site's runtime configuration. */
export const CONFIGURATION_FILE = 'config.json';
