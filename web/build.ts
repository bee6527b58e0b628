import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

const ENTRY = 'web/src/main.tsx';
const root = join(__dirname, '..');
const out = join(__dirname, 'dist');

/**
 * Builds the site from its sources and returns the folder. It takes well under a second, so that every synthesis runs it
 * without a separate build step. The names of scripts and styles contain a hash; equal sources produce equal files.
 */
export function buildSite(): string {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync(join(__dirname, 'public'), out, { recursive: true });
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    outdir: join(out, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    splitting: true,
    minify: true,
    metafile: true,
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The library's own sources, of the same version as the stacks'.
    conditions: ['cdk-trellis-source'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  const page = readFileSync(join(__dirname, 'index.html'), 'utf8');
  writeFileSync(join(out, 'index.html'), page.replace('<!-- assets -->', tagsFor(metafile)));
  return out;
}

/** Returns the tags of the entry's script, styles and static imports, so that browsers load all of them in parallel. */
function tagsFor({ outputs }: Metafile): string {
  const main = Object.values(outputs).find(({ entryPoint }) => entryPoint === ENTRY);
  const script = Object.keys(outputs).find((file) => outputs[file] === main);
  if (!main?.cssBundle || !script) throw new Error(`${ENTRY} must produce a script and styles`);
  const url = (file: string) => `/${relative(out, join(root, file))}`;
  const chunks = main.imports.filter(({ kind }) => kind === 'import-statement');
  return [
    `<link rel="stylesheet" href="${url(main.cssBundle)}" />`,
    `<script type="module" src="${url(script)}"></script>`,
    ...chunks.map(({ path }) => `<link rel="modulepreload" href="${url(path)}" />`),
  ].join('\n    ');
}
