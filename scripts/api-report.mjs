// Reports of the public API in docs/api, one for each entry point, created by API Extractor from the declarations in
// dist. Without an option it fails if a committed report is outdated; `npm run api-report` builds and rewrites them.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMPILER = {
  target: 'es2023',
  lib: ['es2024', 'dom'],
  module: 'node16',
  moduleResolution: 'node16',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};

/** Returns the names of the reports with the declarations in `exports` of package.json. @param {string} root */
export function entryPoints(root) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .map(([name, target]) => [name, target.types ?? target.default?.types])
    .filter(([, types]) => types)
    .map(([name, types]) => ({ name: name.slice(2) || 'index', declarations: join(root, types) }));
}

/**
 * Returns the texts of the reports by file name.
 *
 * @param {{ root: string, entries: { name: string, declarations: string }[] }} options
 * @returns {Map<string, string>}
 */
export function apiReports({ root, entries }) {
  const outputFolder = mkdtempSync(join(tmpdir(), 'trellis-api-'));
  try {
    const configs = entries.map(({ name, declarations }) => configOf(root, outputFolder, name, declarations));
    const additionalEntryPoints = entries.map(({ declarations }) => declarations);
    const compilerState = CompilerState.create(configs[0], { additionalEntryPoints });
    for (const config of configs) {
      Extractor.invoke(config, { localBuild: true, compilerState, messageCallback: onlyErrors });
    }
    const files = readdirSync(outputFolder).filter((file) => file.endsWith('.api.md'));
    return new Map(files.map((file) => [file, readable(readFileSync(join(outputFolder, file), 'utf8'))]));
  } finally {
    rmSync(outputFolder, { recursive: true, force: true });
  }
}

function configOf(root, outputFolder, name, declarations) {
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: { ...COMPILER, typeRoots: [join(ROOT, 'node_modules/@types')] },
          files: [declarations],
        },
      },
      apiReport: {
        enabled: true,
        // Includes props of types that are used but not exported, such as base interfaces and members of unions.
        includeForgottenExports: true,
        reportFileName: `${name}.api.md`,
        reportFolder: outputFolder,
        reportTempFolder: join(outputFolder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
}

function onlyErrors(message) {
  if (message.logLevel === 'error') throw new Error(message.text);
  message.handled = true;
}

/** Removes notes about missing comments, which are not part of the API. */
function readable(text) {
  return text
    .replace(/^\/\/ \(No @packageDocumentation.*\n\n?/m, '')
    .replace(/^ *\/\/ \(undocumented\)\n/gm, '')
    .replaceAll('// @public (undocumented)\n', '// @public\n')
    .replace(/\n{3,}/g, '\n\n');
}

/** Returns the differences of a folder from the reports. @param {string} folder @param {Map<string, string>} reports */
export function differences(folder, reports) {
  const committed = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.api.md')) : [];
  const names = [...new Set([...committed, ...reports.keys()])].sort();
  return names.flatMap((name) => {
    if (!reports.has(name)) return [`${name}: the entry point does not exist`];
    if (!committed.includes(name)) return [`${name} is missing`];
    const before = readFileSync(join(folder, name), 'utf8').split('\n');
    const after = reports.get(name).split('\n');
    const removed = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
    const added = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
    if (before.join('\n') === after.join('\n')) return [];
    return [
      [`${name}:`, ...(removed.length + added.length > 0 ? [...removed, ...added] : ['the order'])].join(
        '\n',
      ),
    ];
  });
}

function main(words) {
  const folder = resolve(ROOT, 'docs/api');
  const build = spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'inherit' });
  if (build.status !== 0) return build.status ?? 1;
  const reports = apiReports({ root: ROOT, entries: entryPoints(ROOT) });
  const changes = differences(folder, reports);
  if (words.includes('--write')) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of reports) writeFileSync(join(folder, name), text);
  }
  if (changes.length > 0) console.log(changes.join('\n\n'));
  if (changes.length === 0 || words.includes('--write')) return 0;
  console.error(
    '\nThe public API has changed. If this is intended, run npm run api-report and commit docs/api.',
  );
  return 1;
}

const started = process.argv[1];
if (started && import.meta.url === pathToFileURL(started).href)
  process.exitCode = main(process.argv.slice(2));
