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
  /** JSON of `ContentRules`: in an object, CloudFormation would not keep the order of patterns. */
  readonly rules: string;
  /** Days for which a replaced file with a hashed name is kept. */
  readonly keepReplacedDays: string;
  /** `true` empties the bucket when the resource is deleted. */
  readonly ephemeral: 'true' | 'false';
}

/** HTTP headers of a file. */
export interface SiteFileHeaders {
  /** @default - by the extension; `application/octet-stream` for unknown ones */
  readonly contentType?: string;
  /** @default - a year for hashed files, revalidation for pages, five minutes for others */
  readonly cacheControl?: string;
  /** Encoding of a file that is stored compressed, as in `br`. @default - none: CloudFront compresses */
  readonly contentEncoding?: string;
  /** `attachment` makes the browser download the file. @default - none */
  readonly contentDisposition?: string;
}

/** Rules for the headers and the retention of files. */
export interface ContentRules {
  /** Folders with hashed files only; undefined to decide by frameworks' folders and by names. */
  readonly hashedFolders?: readonly string[];
  /** Headers by pattern of paths; later ones override earlier ones. */
  readonly fileHeaders?: Readonly<Record<string, SiteFileHeaders>>;
}

/** The prefix that the distribution serves; the state of deployments is outside of it. */
export const SERVED = 'site/';
export const STATE_KEY = 'deployment.json';

/** The name of the file with the site's runtime configuration. */
export const CONFIGURATION_FILE = 'config.json';
