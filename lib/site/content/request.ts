/** What the construct asks of the function that puts a site's content in place. CloudFormation sends text only. */
export interface ContentRequest {
  /** Where the archive with the site's files is. */
  readonly archiveBucket: string;
  readonly archiveKey: string;
  /** Where they go. */
  readonly bucket: string;
  readonly distributionId: string;
  /** The site's runtime configuration: JSON. */
  readonly configuration: string;
  /** Folders with files whose names hold a hash of their content. */
  readonly hashedFolders: readonly string[];
  /** How long such a file stays after its successor came. */
  readonly keepReplacedDays: string;
  /** Whether everything goes when the resource is deleted. */
  readonly ephemeral: 'true' | 'false';
}

/** The part of the bucket that the distribution serves; beside it is what only the deployments know. */
export const SERVED = 'site/';
export const STATE_KEY = 'deployment.json';

/** The site's runtime configuration, as a file of the site. */
export const CONFIGURATION_FILE = 'config.json';
