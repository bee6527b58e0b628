import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, DockerImage, Stack } from 'aws-cdk-lib/core';
import { AssetFunction, type AssetFunctionProps } from 'cdk-trellis';
import { newStack } from '../../support/template.js';

const folder = mkdtempSync(join(tmpdir(), 'trellis-bootstrap-'));
let folders = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the header of a Linux program for the processor with this ELF number. */
const elf = (machine: number) =>
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, ...Array(8).fill(0), 2, 0, machine, 0]);
const [X86_64, ARM64, RISC_V] = [elf(62), elf(183), elf(243)];
const MACH_O = Buffer.concat([Buffer.from('cffaedfe', 'hex'), Buffer.alloc(16)]);

/** Creates a folder with these files. */
function folderWith(files: Record<string, string | Buffer>, mode = 0o755): string {
  const path = mkdtempSync(join(folder, `${folders++}-`));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(path, name), content);
    chmodSync(join(path, name), mode);
  }
  return path;
}

const withBootstrap = (content: string | Buffer, mode?: number) => folderWith({ bootstrap: content }, mode);

function make(path: string, props: Partial<AssetFunctionProps> = {}, stack = newStack()): Stack {
  const code = Code.fromAsset(path);
  new AssetFunction(stack, 'Fn', { code, runtime: Runtime.PROVIDED_AL2023, ...props } as AssetFunctionProps);
  return stack;
}

describe('a custom runtime may be', () => {
  it.each<[string, () => unknown]>([
    ['a script', () => make(withBootstrap('#!/bin/sh\ntrue\n'))],
    ['a program for arm64', () => make(withBootstrap(ARM64))],
    [
      'a program for x86_64 on x86_64',
      () => make(withBootstrap(X86_64), { architecture: Architecture.X86_64 }),
    ],
    [
      'in a layer',
      () => {
        const stack = newStack();
        const code = Code.fromAsset(withBootstrap(ARM64));
        make(
          folderWith({ 'main.sh': '' }),
          { layers: [new LayerVersion(stack, 'Runtime', { code })] } as never,
          stack,
        );
      },
    ],
    [
      'in a layer of another account, which cannot be inspected',
      () => {
        const stack = newStack();
        const arn = 'arn:aws:lambda:eu-west-1:111122223333:layer:php:1';
        const layers = [LayerVersion.fromLayerVersionArn(stack, 'Php', arn)];
        make(folderWith({ 'index.php': '' }), { layers } as never, stack);
      },
    ],
    ['in an archive, which is not inspected', () => make(join(folderWith({ 'a.zip': 'PK' }), 'a.zip'))],
  ])('%s', (_, work) => {
    expect(work).not.toThrow();
  });
});

describe('a custom runtime is rejected', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'without bootstrap',
      () => make(folderWith({ 'main.sh': '' })),
      /^`code` must have an executable file `bootstrap` for a custom runtime, got none in \S+\. See/,
    ],
    [
      'without bootstrap in a layer either',
      () => {
        const stack = newStack();
        const code = Code.fromAsset(folderWith({ data: '' }));
        make(
          folderWith({ 'main.sh': '' }),
          { layers: [new LayerVersion(stack, 'Data', { code })] } as never,
          stack,
        );
      },
      /got none in/,
    ],
    [
      'when it is not executable',
      () => make(withBootstrap('#!/bin/sh\n', 0o644)),
      /^`bootstrap` must be executable, got a file that is not \(\S+\)\. Run chmod \+x\. See/,
    ],
    [
      'with Windows line endings',
      () => make(withBootstrap('#!/bin/sh\r\ntrue\r\n')),
      /^`bootstrap` must have Linux line endings \(LF\), got CRLF/,
    ],
    [
      'when it is neither script nor program',
      () => make(withBootstrap('echo hello\n')),
      /^`bootstrap` must be a Linux program, or a script that starts with `#!`, got neither/,
    ],
    ['when it is empty', () => make(withBootstrap('')), /got neither/],
    [
      'for another processor',
      () => make(withBootstrap(X86_64)),
      /^`bootstrap` must be a Linux program for arm64, the function's architecture, got one for x86_64/,
    ],
    [
      'for arm64 on x86_64',
      () => make(withBootstrap(ARM64), { architecture: Architecture.X86_64 }),
      /must be a Linux program for x86_64, .* got one for arm64/,
    ],
    [
      'for a processor that Lambda does not support',
      () => make(withBootstrap(RISC_V)),
      /got one for another processor/,
    ],
    ['for macOS', () => make(withBootstrap(MACH_O)), /got one for macOS/],
    ['for Windows', () => make(withBootstrap(`MZ${' '.repeat(30)}`)), /got one for Windows/],
  ])('%s', (_, work, message) => {
    expect(work).toThrow(message);
    expect(work).toThrow(
      /See https:\/\/docs\.aws\.amazon\.com\/lambda\/latest\/dg\/runtimes-custom\.html \(at Stack\/Fn\)$/,
    );
  });
});

describe('a custom runtime that was rejected is accepted after its repair, in the same cdk.out:', () => {
  const inOutdir = (outdir: string, path: string) => make(path, {}, new Stack(new App({ outdir }), 'Stack'));

  it.each<[string, string, number, (file: string) => void]>([
    ['made executable', '#!/bin/sh\n', 0o644, (file) => chmodSync(file, 0o755)],
    [
      'with Linux line endings',
      '#!/bin/sh\r\ntrue\r\n',
      0o755,
      (file) => writeFileSync(file, '#!/bin/sh\ntrue\n'),
    ],
  ])('%s', (_, text, mode, repair) => {
    const path = withBootstrap(text, mode);
    const outdir = mkdtempSync(join(folder, 'cdk.out-'));
    // The message has the path of the file to repair, not of CDK's copy.
    expect(() => inOutdir(outdir, path)).toThrow(`(${join(path, 'bootstrap')})`);
    repair(join(path, 'bootstrap'));
    expect(() => inOutdir(outdir, path)).not.toThrow();
  });
});

describe('a custom runtime that is built at synth', () => {
  const build = (output: Buffer) => (stack: Stack) =>
    new AssetFunction(stack, 'Fn', {
      runtime: Runtime.PROVIDED_AL2023,
      code: Code.fromAsset(folderWith({ 'main.go': output.toString('hex') }), {
        bundling: {
          image: DockerImage.fromRegistry('scratch'),
          local: {
            tryBundle(into) {
              cpSync(withBootstrap(output), into, { recursive: true });
              return true;
            },
          },
        },
      }),
    });

  it('is checked as uploaded', () => {
    expect(() => build(ARM64)(newStack())).not.toThrow();
    expect(() => build(X86_64)(newStack())).toThrow('got one for x86_64');
  });

  it('is not checked if this run does not build it', () => {
    expect(() => build(X86_64)(newStack({ 'aws:cdk:bundling-stacks': [] }))).not.toThrow();
  });
});

describe('for the local cloud', () => {
  const local = { target: 'local' };
  const own = process.arch === 'x64' ? X86_64 : ARM64;
  const foreign = process.arch === 'x64' ? ARM64 : X86_64;
  const warning = ['/Stack/Fn', Match.stringLikeRegexp('cannot start `bootstrap`, which is for')] as const;

  it("a program must be for this machine, regardless of the function's architecture", () => {
    const binary = process.platform === 'darwin' ? MACH_O : own;
    Annotations.fromStack(make(withBootstrap(binary), {}, newStack(local))).hasNoWarning(...warning);
  });

  it('another program causes a warning: the rest of the app runs without it', () => {
    Annotations.fromStack(make(withBootstrap(foreign), {}, newStack(local))).hasWarning(...warning);
  });
});
