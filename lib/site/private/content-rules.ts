import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { matches } from '../content/patterns.js';
import type { ContentRules } from '../content/request.js';
import type { SiteProps } from '../site-props.js';
import type { SourceFile } from './source.js';

/** Returns the rules for the files of a site, and warns of those that no file follows: they would have no effect. */
export function contentRules(
  scope: Construct,
  { hashedFolders, fileHeaders }: SiteProps,
  files: readonly SourceFile[],
): ContentRules {
  const folders = hashedFolders?.map(folderOf);
  const hasFile = (isMeant: (path: string) => boolean) => files.some(({ path }) => isMeant(path));
  const unused = [
    ...(folders ?? [])
      .filter((folder) => !hasFile((path) => path.startsWith(folder)))
      .map((folder) => `\`hashedFolders\` has "${folder}"`),
    ...Object.keys(fileHeaders ?? {})
      .filter((pattern) => !hasFile((path) => matches(pattern, path)))
      .map((pattern) => `\`fileHeaders\` has "${pattern}"`),
  ];
  for (const text of unused) {
    Annotations.of(scope).addWarningV2(
      `cdk-trellis:siteFiles:${text}`,
      `${text}, but the site has no such file. Paths are relative to \`source\`, as in "_next/static/" and "downloads/*.pdf".`,
    );
  }
  return { ...(folders && { hashedFolders: folders }), ...(fileHeaders && { fileHeaders }) };
}

/** Returns a folder in the form of the files' paths: `assets`, `/assets` and `./assets/` are `assets/`. */
function folderOf(folder: string): string {
  const path = folder.replace(/^\.?\/+/, '').replace(/\/*$/, '/');
  return path === '/' || path === './' ? '' : path;
}
