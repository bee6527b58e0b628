import { posix } from 'node:path';
import type { SourceFile } from './source.js';

/** Names by folder, each between slashes: `{ 'docs/': '/intro/setup/' }`. */
export type PathList = Readonly<Record<string, string>>;

/** The knowledge of a site's files with which its viewer function decides between files and pages. */
export interface Routes {
  /** Extensions of files, in lower case. */
  readonly extensions: readonly string[];
  /** Files without an extension. */
  readonly files: PathList;
  /** Pages like `about.html`, without their extension. */
  readonly pages: PathList;
  /** Pages like `about/index.html`, by their folder. */
  readonly folders: PathList;
  /** The treatment of a path in no list: the single page, a page, or a folder. */
  readonly others: 'index' | 'page' | 'folder';
}

/** Extensions that paths of files have, even if the site has no such file any more. */
const USUAL = ['css', 'html', 'ico', 'js', 'json', 'map', 'mjs', 'png', 'svg', 'txt', 'wasm', 'woff2', 'xml'];

/**
 * Returns the routes to a site's files. Of a site with many pages only the exceptions are listed, because a function
 * has 10 KB: those that are not in the form of most pages, and those whose names end like a file's.
 */
export function routesOf(files: readonly SourceFile[], singlePage: boolean): Routes {
  const paths = files.map(({ path }) => path);
  const html = paths.filter((path) => path.endsWith('.html') && path !== 'index.html');
  const folders = html.filter((path) => path.endsWith('/index.html')).map((path) => path.slice(0, -11));
  const pages = html.filter((path) => !path.endsWith('/index.html')).map((path) => path.slice(0, -5));
  const others = singlePage ? 'index' : pages.length > folders.length ? 'page' : 'folder';
  const extensions = [...new Set([...USUAL, ...paths.map(extensionOf)])].filter((extension) => extension);
  const isException = (path: string, other: Set<string>) =>
    other.has(path) || extensions.includes(extensionOf(path));
  const [pageSet, folderSet] = [new Set(pages), new Set(folders)];
  return {
    extensions: extensions.sort(),
    files: listOf(paths.filter((path) => !extensionOf(path))),
    pages: listOf(others === 'page' ? pages.filter((path) => isException(path, folderSet)) : pages),
    folders: listOf(others === 'folder' ? folders.filter((path) => isException(path, pageSet)) : folders),
    others,
  };
}

/**
 * Returns the part of a name after its last dot; empty for `LICENSE`, for `.nojekyll`, whose only dot is the first, and
 * for a part that is too long to be an extension.
 */
function extensionOf(path: string): string {
  const extension = posix.extname(path).slice(1).toLowerCase();
  return /^\w{1,12}$/.test(extension) ? extension : '';
}

function listOf(paths: readonly string[]): PathList {
  const list: Record<string, string> = {};
  for (const path of paths) {
    const name = posix.basename(path);
    const folder = path.slice(0, path.length - name.length);
    list[folder] = `${list[folder] ?? '/'}${name}/`;
  }
  return list;
}
