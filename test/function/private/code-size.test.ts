import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, type ILayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { NodeFunction } from 'cdk-trellis';
import { assertSize, builtPart } from '../../../lib/function/private/code-size.js';
import { unzippedSizes } from '../../../lib/function/private/zip-sizes.js';
import { Project, removeProjects } from '../../support/project.js';

const MEGABYTE = 1024 ** 2;

const folder = mkdtempSync(join(tmpdir(), 'trellis-size-'));

afterAll(() => {
  removeProjects();
  rmSync(folder, { recursive: true, force: true });
});

/** Creates an archive with a directory of these files but without their content, which is not read. */
function archive(files: Record<string, number>): string {
  const entries = Object.entries(files).map(([name, bytes]) => {
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt32LE(bytes, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    return Buffer.concat([entry, Buffer.from(name)]);
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt32LE(directory.length, 12);
  const path = join(folder, `${Object.keys(files).length}-files.zip`);
  writeFileSync(path, Buffer.concat([directory, end]));
  return path;
}

/** Creates a folder with sparse files of these sizes, which take no disk space. */
function sparse(files: Record<string, number>): string {
  const path = mkdtempSync(join(folder, 'layer-'));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), '');
    truncateSync(join(path, name), bytes);
  }
  return path;
}

/** Returns the error of a synth of a function with these layers. */
function synthWith(layers: (stack: Stack) => ILayerVersion[]): string {
  const project = new Project({ 'lambda/main.ts': 'export const handler = async () => 1;' });
  const app = project.app({ context: { 'aws:cdk:disable-asset-staging': true } });
  const stack = new Stack(app, 'Shop');
  project.add(stack, 'Fn', './lambda/main.js', { layers: layers(stack) });
  try {
    app.synth();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

const layerOf = (stack: Stack, id: string, path: string) =>
  new LayerVersion(stack, id, { code: Code.fromAsset(path, { assetHash: id }) });

describe('a function that is too large', () => {
  it('is rejected with its largest parts, packages as a whole', () => {
    const files = {
      'index.mjs': 2 * MEGABYTE,
      'nodejs/v/node_modules/@img/vips/lib/a.so': 100 * MEGABYTE,
      'nodejs/v/node_modules/@img/vips/lib/b.so': 60 * MEGABYTE,
      'nodejs/v/node_modules/small/index.js': 1,
      'models/words.bin': 90.5 * MEGABYTE,
    };
    const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
    const built = { store: '', artifact: { hash: '', name: '', bytes, files, stamps: {} } };
    expect(() => assertSize('Shop/Fn', [builtPart('its own code', built)])).toThrow(
      [
        'Code and layers must be at most 250 MB unzipped, got 252.5 MB (at Shop/Fn). The largest parts:',
        '  160.0 MB nodejs/v/node_modules/@img/vips (its own code)',
        '  90.5 MB models/words.bin (its own code)',
        '  2.0 MB index.mjs (its own code)',
        '  0.0 MB nodejs/v/node_modules/small (its own code)',
        'Remove unused packages and files, read large files from S3, or use a container image, which may have 10 GB.',
      ].join('\n'),
    );
  });

  it.each([
    ['250 MB', 250 * MEGABYTE, false],
    ['a byte more', 250 * MEGABYTE + 1, true],
  ])('has more than 250 MB: %s', (_, bytes, isRejected) => {
    const built = { store: '', artifact: { hash: '', name: '', bytes, files: {}, stamps: {} } };
    const check = () => assertSize('Shop/Fn', [builtPart('its own code', built)]);
    if (isRejected) expect(check).toThrow('at most 250 MB');
    else expect(check).not.toThrow();
  });

  it('includes other layers, from folders and archives', () => {
    const message = synthWith((stack) => [
      layerOf(stack, 'Fonts', sparse({ 'fonts/serif.otf': 150 * MEGABYTE })),
      layerOf(stack, 'Tools', archive({ 'bin/convert': 99 * MEGABYTE, 'bin/small': 2 * MEGABYTE })),
    ]);
    expect(message).toContain(
      'got 251.0 MB (at Shop/Fn). The largest parts:\n  150.0 MB fonts/serif.otf (Shop/Fonts)\n  99.0 MB bin/convert (Shop/Tools)',
    );
  });

  it('excludes functions with small or imported layers', () => {
    const message = synthWith((stack) => [
      layerOf(stack, 'Fonts', sparse({ 'fonts/serif.otf': 240 * MEGABYTE })),
      LayerVersion.fromLayerVersionArn(
        stack,
        'Known',
        'arn:aws:lambda:eu-central-1:111111111111:layer:known:1',
      ),
    ]);
    expect(message).toBe('no error');
  });

  it('is not checked without bundling', () => {
    const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Shop');
    const layers = [layerOf(stack, 'Fonts', sparse({ 'a.otf': 300 * MEGABYTE }))];
    new NodeFunction(stack, 'Fn', { handler: () => import('../fixtures/handlers/plain.js'), layers });
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });
});

describe('the sizes of the files in an archive', () => {
  it('are read from its directory', () => {
    expect(unzippedSizes(archive({ 'a.txt': 1, 'ä/b.txt': 2 }))).toEqual([
      ['a.txt', 1],
      ['ä/b.txt', 2],
    ]);
  });

  it('are found before a comment', () => {
    const path = archive({ 'a.txt': 1, 'b.txt': 2, 'c.txt': 3 });
    writeFileSync(path, 'a comment', { flag: 'a' });
    expect(unzippedSizes(path)).toHaveLength(3);
  });

  it('are undefined for a file that is not an archive', () => {
    const path = join(folder, 'no.zip');
    writeFileSync(path, 'no archive');
    expect(unzippedSizes(path)).toBeUndefined();
  });
});
