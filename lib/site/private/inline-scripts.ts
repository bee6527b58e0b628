import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { isPage } from '../content/file-headers.js';
import type { Source } from './source.js';

/** Pages that are read: the pages of a site come from the same build. */
const MAX_PAGES = 100;

/** Types of elements that browsers execute. */
const EXECUTED = /^(module|importmap|speculationrules|(text|application)\/(java|ecma)script)?$/i;

/** Warns of pages with inline scripts that the site's security policy blocks: the browser shows them without function. */
export function warnOfInlineScripts(
  scope: Construct,
  { folder, files }: Source,
  directives: Readonly<Record<string, readonly string[]>>,
): void {
  const sources = directives['script-src'] ?? directives['default-src'];
  if (!sources || sources.some((source) => /^'(unsafe-inline|nonce-|sha(256|384|512)-)/.test(source))) return;
  const pages = files.filter(({ path }) => isPage(path)).slice(0, MAX_PAGES);
  const page = pages.find(({ path }) => hasInlineScript(readFileSync(join(folder, path), 'utf8')));
  if (!page) return;
  Annotations.of(scope).addWarningV2(
    'cdk-trellis:siteInlineScripts',
    `${page.path} has an inline script, which the content security policy blocks. Build it into a file, or allow all: \`contentSecurityPolicy: { 'script-src': (sources) => [...sources, "'unsafe-inline'"] }\`.`,
  );
}

function hasInlineScript(html: string): boolean {
  const attributes = [...html.matchAll(/<script\b([^>]*)>/gi)].map(([, text = '']) => text);
  return attributes.some(
    (text) =>
      !/\ssrc\s*=/i.test(text) && EXECUTED.test(/\stype\s*=\s*["']?([^\s"'>]*)/i.exec(text)?.[1] ?? ''),
  );
}
