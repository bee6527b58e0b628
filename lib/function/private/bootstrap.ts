import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Architecture, type Code, type ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Annotations, AssetStaging, FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { targetOf } from '../../target/target.js';

const CONTRACT = 'https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html';

const NAME = 'bootstrap';

/** The processors that ELF headers name. */
const MACHINES: Readonly<Record<number, string>> = {
  62: Architecture.X86_64.name,
  183: Architecture.ARM_64.name,
};

/** Code as it is uploaded, and where it comes from. */
interface Staged {
  readonly folder: string;
  readonly source: string;
}

const staged = new WeakMap<object, Staged>();

/**
 * Checks that Lambda can start a function's own runtime: an executable file `bootstrap` in its code or in a layer,
 * for its processor. Code that cannot be looked into here (an archive, another account's layer, code that is not
 * bundled in this run) is let through.
 *
 * @throws Error when Lambda could not start it, which it would tell at the first invocation only
 */
export function checkBootstrap(
  fn: IConstruct,
  props: {
    readonly code: Code;
    readonly layers?: readonly ILayerVersion[] | undefined;
    readonly architecture: Architecture;
  },
): void {
  if (!Stack.of(fn).bundlingRequired) return;
  const all = [stagedOf(fn, props.code), ...(props.layers ?? []).map((layer) => stagedOf(layer, layer))];
  const holder = all.find((one) => one && existsSync(join(one.folder, NAME)));
  const error = holder
    ? (startError(holder) ?? processorError(fn, holder, props.architecture))
    : missing(all);
  if (!error) return;
  for (const one of all) if (one) forget(fn, one);
  throw new Error(`${error}. See ${CONTRACT} (at ${fn.node.path})`);
}

function missing(all: readonly (Staged | undefined)[]): string | undefined {
  if (all.includes(undefined)) return undefined;
  return `\`code\` must have an executable file \`bootstrap\`, as a custom runtime has, got none in ${all[0]?.source}`;
}

/** The folder of an asset as it is uploaded: after bundling, without what is excluded. */
function stagedOf(owner: IConstruct, key: object): Staged | undefined {
  const stage = owner.node.tryFindChild('Code')?.node.tryFindChild('Stage');
  if (stage instanceof AssetStaging && stage.packaging === FileAssetPackaging.ZIP_DIRECTORY)
    staged.set(key, { folder: stage.absoluteStagedPath, source: stage.sourcePath });
  // Code that several functions share is staged below the first of them.
  return staged.get(key);
}

/**
 * Has CDK stage the code again: whether a file is executable, and how its lines end, is not in the hash by which the
 * next synth would take the same copy, though it was repaired.
 */
function forget(fn: IConstruct, { folder, source }: Staged): void {
  if (folder === source || dirname(folder) !== Stage.of(fn)?.assetOutdir) return;
  rmSync(folder, { recursive: true, force: true });
  AssetStaging.clearAssetHashCache();
}

/** The file that the user knows, where it is not the output of a build. */
function shown({ folder, source }: Staged): string {
  const own = join(source, NAME);
  return existsSync(own) ? own : join(folder, NAME);
}

function startError(code: Staged): string | undefined {
  const file = join(code.folder, NAME);
  // Windows has no such permission to look at.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o111) === 0)
    return `\`bootstrap\` must be executable, got a file that is not: chmod +x it (${shown(code)})`;
  const start = startOf(file);
  if (start.toString('latin1', 0, 2) !== '#!') {
    return programOf(start)
      ? undefined
      : `\`bootstrap\` must be a Linux program, or a script that starts with \`#!\`, got neither (${shown(code)})`;
  }
  if (readFileSync(file, 'latin1').includes('\r\n'))
    return `\`bootstrap\` must have lines that end as on Linux (LF), got CRLF: Linux would look for an interpreter whose name ends so (${shown(code)})`;
  return undefined;
}

/** Where the function runs on this machine, the program must be made for it. */
function processorError(fn: IConstruct, code: Staged, architecture: Architecture): string | undefined {
  const program = programOf(startOf(join(code.folder, NAME)));
  if (!program) return undefined;
  if (targetOf(fn) !== 'local') {
    return program === architecture.name
      ? undefined
      : `\`bootstrap\` must be a Linux program for ${architecture.name}, the function's architecture, got one for ${program} (${shown(code)})`;
  }
  const own = process.platform === 'darwin' ? 'macOS' : process.arch === 'x64' ? 'x86_64' : process.arch;
  if (program !== own) {
    Annotations.of(fn).addWarningV2(
      'cdk-trellis:foreignBootstrap',
      `The local cloud runs functions on this machine (${own}) and cannot start \`bootstrap\`, which is for ${program}: build it for this machine where \`targetOf(this) === 'local'\`.`,
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

/** What a program is made for, by its header; undefined when it is no program. */
function programOf(start: Buffer): string | undefined {
  // https://man7.org/linux/man-pages/man5/elf.5.html
  if (start.readUInt32BE() === 0x7f454c46) return MACHINES[start.readUInt16LE(18)] ?? 'another processor';
  if ([0xcffaedfe, 0xcafebabe].includes(start.readUInt32BE())) return 'macOS';
  return start.toString('latin1', 0, 2) === 'MZ' ? 'Windows' : undefined;
}
