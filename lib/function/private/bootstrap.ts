import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Architecture, type Code, type ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Annotations, AssetStaging, FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { targetOf } from '../../target/target.js';

const CONTRACT = 'https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html';

const BOOTSTRAP = 'bootstrap';

/** Processors by their id in ELF headers. */
const MACHINES: Readonly<Record<number, string>> = {
  62: Architecture.X86_64.name,
  183: Architecture.ARM_64.name,
};

/** Staged code and its source. */
interface Staged {
  readonly folder: string;
  readonly source: string;
}

const staged = new WeakMap<object, Staged>();

/**
 * Asserts that Lambda can start a custom runtime: an executable file `bootstrap` in the code or in a layer, for the
 * function's processor. Code that cannot be inspected (an archive, another account's layer, code that is not bundled in
 * this run) is not checked.
 *
 * @throws Error if Lambda cannot start it, which would otherwise fail at the first invocation
 */
export function assertBootstrap(
  fn: IConstruct,
  props: {
    readonly code: Code;
    readonly layers?: readonly ILayerVersion[] | undefined;
    readonly architecture: Architecture;
  },
): void {
  if (!Stack.of(fn).bundlingRequired) return;
  const parts = [stagedOf(fn, props.code), ...(props.layers ?? []).map((layer) => stagedOf(layer, layer))];
  const holder = parts.find((part) => part && existsSync(join(part.folder, BOOTSTRAP)));
  const error = holder
    ? (startError(holder) ?? processorError(fn, holder, props.architecture))
    : missingError(parts);
  if (!error) return;
  for (const part of parts) if (part) removeStaged(fn, part);
  throw new Error(`${error}. See ${CONTRACT} (at ${fn.node.path})`);
}

function missingError(parts: readonly (Staged | undefined)[]): string | undefined {
  if (parts.includes(undefined)) return undefined;
  return `\`code\` must have an executable file \`bootstrap\` for a custom runtime, got none in ${parts[0]?.source}`;
}

/** Returns the folder of an asset as uploaded: after bundling and exclusion. */
function stagedOf(owner: IConstruct, key: object): Staged | undefined {
  const stage = owner.node.tryFindChild('Code')?.node.tryFindChild('Stage');
  if (stage instanceof AssetStaging && stage.packaging === FileAssetPackaging.ZIP_DIRECTORY)
    staged.set(key, { folder: stage.absoluteStagedPath, source: stage.sourcePath });
  // Code that several functions share is staged under the first of them.
  return staged.get(key);
}

/**
 * Removes the staged copy. Modes and line endings are not part of the asset hash, so that the next synth would reuse
 * the copy even after a repair.
 */
function removeStaged(fn: IConstruct, { folder, source }: Staged): void {
  if (folder === source || dirname(folder) !== Stage.of(fn)?.assetOutdir) return;
  rmSync(folder, { recursive: true, force: true });
  AssetStaging.clearAssetHashCache();
}

/** Returns the path of the source file, or of the staged one if it is the output of a build. */
function shown({ folder, source }: Staged): string {
  const file = join(source, BOOTSTRAP);
  return existsSync(file) ? file : join(folder, BOOTSTRAP);
}

function startError(code: Staged): string | undefined {
  const file = join(code.folder, BOOTSTRAP);
  // Windows has no such permission.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o111) === 0)
    return `\`bootstrap\` must be executable, got a file that is not (${shown(code)}). Run chmod +x`;
  const start = startOf(file);
  if (start.toString('latin1', 0, 2) !== '#!') {
    return programOf(start)
      ? undefined
      : `\`bootstrap\` must be a Linux program, or a script that starts with \`#!\`, got neither (${shown(code)})`;
  }
  if (readFileSync(file, 'latin1').includes('\r\n'))
    return `\`bootstrap\` must have Linux line endings (LF), got CRLF, which Linux takes as part of the interpreter's name (${shown(code)})`;
  return undefined;
}

/** Returns the error for a program for another processor. The local cloud runs functions on this machine. */
function processorError(fn: IConstruct, code: Staged, architecture: Architecture): string | undefined {
  const program = programOf(startOf(join(code.folder, BOOTSTRAP)));
  if (!program) return undefined;
  if (targetOf(fn) !== 'local') {
    return program === architecture.name
      ? undefined
      : `\`bootstrap\` must be a Linux program for ${architecture.name}, the function's architecture, got one for ${program} (${shown(code)})`;
  }
  const local = process.platform === 'darwin' ? 'macOS' : process.arch === 'x64' ? 'x86_64' : process.arch;
  if (program !== local) {
    Annotations.of(fn).addWarningV2(
      'cdk-trellis:foreignBootstrap',
      `The local cloud runs functions on this machine (${local}) and cannot start \`bootstrap\`, which is for ${program}. Build it for this machine if \`targetOf(this) === 'local'\`.`,
    );
  }
  return undefined;
}

function startOf(file: string): Buffer {
  const start = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, start);
  closeSync(descriptor);
  return start;
}

/** Returns the platform in a program's header; undefined if it is not a program. */
function programOf(start: Buffer): string | undefined {
  // https://man7.org/linux/man-pages/man5/elf.5.html
  if (start.readUInt32BE() === 0x7f454c46) return MACHINES[start.readUInt16LE(18)] ?? 'another processor';
  if ([0xcffaedfe, 0xcafebabe].includes(start.readUInt32BE())) return 'macOS';
  return start.toString('latin1', 0, 2) === 'MZ' ? 'Windows' : undefined;
}
